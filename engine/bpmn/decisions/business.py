"""A decision as a business rule task asks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.decisions.deciding import Decisions
from engine.bpmn.decisions.shapes import OWN_NAMES, mapped
from engine.bpmn.errors import DecisionError
from engine.bpmn.expressions.sandbox.border import as_text
from engine.decisions import Decision, FiredRule, causes_first

#: Characters of a value that the history keeps.
_KEPT = 200
#: Rules that the history keeps; a table that collects may fire hundreds.
_RULES = 50
#: Notes on what became null that the history keeps, causes first.
_NOTES = 5


@dataclass(frozen=True, slots=True)
class BusinessDecision:
    """One deployed decision."""

    key: str  #: the id of the decision
    version: int
    decisions: Decisions
    element: str  #: its key among ``decisions``

    def evaluate(
        self, variables: Mapping[str, Any], shape: str | None = None, *, now: datetime | None = None
    ) -> tuple[Any, Decision]:
        """Return the result in the shape that is asked for, and the whole.

        Args:
            variables: which the decision sees by their names.
            shape: one of :data:`engine.bpmn.extensions.decision.SHAPES`; without one it is the
                outputs by their names: a dictionary, or a list of them.
            now: the clock.

        Raises:
            DecisionError: something is null that should not be; says where, and what happened.
            ElementError: the result does not fit the shape.
        """
        found = self.decisions.decide(self.element, variables, now=now)
        if found.failures:
            first = found.failures[0]
            more = f" ({len(found.failures) - 1} more)" if found.failures[1:] else ""
            raise DecisionError(
                f"{first.message}{more}",
                "Correct the decision and deploy it, then try again.",
                decision=self.key,
                element=first.element,
            )
        return self._shaped(found, shape), found

    def _shaped(self, found: Decision, shape: str | None) -> Any:
        value = found.outputs
        if self.decisions.table(self.element) is None:
            if shape in OWN_NAMES and isinstance(value, dict):
                return value  # the entries of a context are its outputs
        elif value is None and not any(rule.decision == self.key for rule in found.fired_rules):
            if shape == "plain":
                return None
            if shape not in OWN_NAMES:
                return mapped([], shape)
        return mapped(self.decisions.by_name(self.element, value), shape)


def history_of(asked: BusinessDecision, found: Decision) -> dict[str, Any]:
    """Return what the history of an instance keeps: what was asked, which rules fired, and why."""
    detail: dict[str, Any] = {
        "decision": asked.key,
        "version": asked.version,
        "result": _short(found.outputs),
        "rules": [_kept(rule) for rule in found.fired_rules[:_RULES]],
    }
    names = _names(asked, found)
    if names:
        detail["names"] = names
    if found.fired_rules[_RULES:]:
        detail["more"] = len(found.fired_rules) - _RULES
    causes, followed = causes_first(found.warnings)
    if causes:
        detail["notes"] = [_short_text(each.message) for each in (causes + followed)[:_NOTES]]
    return detail


def _names(asked: BusinessDecision, found: Decision) -> dict[str, str]:
    """Return what people call the asked decision and those whose rules fired, by their keys."""
    named = {each.key: each.name for each in found.evaluated}
    named[asked.key] = asked.decisions.linked.plan.elements[asked.element].name
    wanted = {asked.key, *(rule.decision for rule in found.fired_rules[:_RULES])}
    return {key: _short_text(name) for key, name in named.items() if key in wanted and name != key}


def _kept(rule: FiredRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "row": rule.row,
        "decision": rule.decision,
        "because": [[each.input, _short(each.value), each.test] for each in rule.because],
        "outputs": {name: _short(value) for name, value in rule.outputs.items()},
        "annotations": list(rule.annotations),
    }


def _short(value: Any) -> str:
    return _short_text(json.dumps(as_text(value), ensure_ascii=False))


def _short_text(text: str) -> str:
    return text if len(text) <= _KEPT else f"{text[:_KEPT]}..."
