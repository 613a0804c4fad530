"""Decisions with texts in other languages than FEEL: made here, before those that require them.

The sandbox knows FEEL alone. Each such decision behind the one that is asked is made once, after
what it requires, and handed to the sandbox as known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from engine.bpmn.decisions import model
from engine.bpmn.decisions.asking import failed
from engine.bpmn.decisions.limits import MOST_FIRED, unfit
from engine.bpmn.decisions.linking import in_order
from engine.bpmn.decisions.plain import Compiler, Scope, UnusualError, longest
from engine.bpmn.decisions.steps import Logic
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.work import Stopwatch
from engine.decisions import Decision, Evaluated, FiredRule

#: What is known so far, by key.
Known: TypeAlias = Mapping[str, Decision]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one answer is made of."""

    inputs: Mapping[str, Any]  #: values by name
    now: datetime | None
    instead: frozenset[str]  #: names of inputs that stand for decisions
    in_feel: Callable[
        [str, Known], Decision
    ]  #: makes a decision in FEEL, given those that are known
    stopwatch: Stopwatch


class Foreign:
    """Those decisions of one plan."""

    def __init__(self, plan: model.Plan, names: frozenset[str]) -> None:
        """``names`` are those of all elements of the plan."""
        self._plan, self._names = plan, names
        self._keys = frozenset(key for key, node in plan.elements.items() if _is_foreign(node))
        self._logics: dict[str, Logic] = {}

    def made(
        self,
        key: str,
        inputs: Mapping[str, Any],
        now: datetime | None,
        *,
        instead: frozenset[str],
        in_feel: Callable[[str, Known], Decision],
    ) -> dict[str, Decision]:
        """Return those that are required by a decision, and itself if it is one, by key.

        Args:
            key: of the decision.
            inputs: values by name.
            now: the clock.
            instead: names of inputs that stand for decisions.
            in_feel: makes what they require that is FEEL.
        """
        if not self._keys:
            return {}
        asked = _Asked(inputs, now, instead, in_feel, Stopwatch())
        done: dict[str, Decision] = {}
        for each in in_order(self._plan, key):
            node = self._plan.elements[each]
            wanted = each in self._keys and (each == key or node.name not in instead)
            if wanted and isinstance(node, model.DecisionNode):
                done[each] = self._made(each, node, asked, done)
        return {each: found for each, found in done.items() if each in self._keys}

    def _made(
        self, key: str, node: model.DecisionNode, asked: _Asked, done: dict[str, Decision]
    ) -> Decision:
        inputs = asked.inputs
        scope = Scope({name: inputs[name] for name in inputs.keys() - self._names})
        scope.now, scope.stopwatch = asked.now, asked.stopwatch
        before: dict[str, Decision] = {}
        for path, need in node.needs:
            needed = self._plan.elements[need]
            if isinstance(needed, model.InputData) or needed.name in asked.instead:
                scope[path[-1]] = inputs.get(needed.name)
            elif isinstance(needed, model.DecisionNode):
                before[need] = self._before(node, need, asked, done)
                scope[path[-1]] = before[need].outputs
        made = [before.pop(each) for each in done if each in before]  # in the order of their making
        told = [*made, *before.values()]
        if any(found.failures for found in told):
            return told_together([*told, Decision(None)])
        return told_together([*told, self._decided(key, node, scope)])

    def _before(
        self, node: model.DecisionNode, need: str, asked: _Asked, done: dict[str, Decision]
    ) -> Decision:
        """Return a decision that another one requires."""
        if need not in done:
            if need in self._keys:
                return failed(node.id, "It requires itself, or what does so.")
            if asked.stopwatch.exceeds(longest()):
                return failed(node.id, _TOO_LONG)
            done[need] = asked.in_feel(need, done)
        return done[need]

    def _decided(self, key: str, node: model.DecisionNode, scope: Scope) -> Decision:
        fired: list[FiredRule] = []
        try:
            value = self._logic(key, node)(scope, fired)
        except UnusualError as error:
            return failed(error.element, error.message)
        except ExpressionError as error:
            return failed(error.element, str(error))
        except ElsewhereError:
            return failed(node.id, "A value is of another type than the decision takes or gives.")
        reason = unfit(value)
        if reason is not None:
            return failed(node.id, f"Its value cannot be kept: {reason}")
        return Decision(value, tuple(fired), (Evaluated(node.id, node.name, value),))

    def _logic(self, key: str, node: model.DecisionNode) -> Logic:
        if key not in self._logics:
            compiler = Compiler(node.id, self._plan.types, foreign=True)
            self._logics[key] = compiler.logic(node.logic)
        return self._logics[key]


_TOO_LONG = "The decisions that are not in FEEL work for too long."


def _is_foreign(node: model.Node) -> bool:
    return isinstance(node, model.DecisionNode) and any(
        text.language is not None for text in model.texts_of(node.logic)
    )


def told_together(found: Sequence[Decision]) -> Decision:
    """Return the last decision, with what is told of those before it; each is told once."""
    rules = {id(rule): rule for each in found for rule in each.fired_rules}
    return Decision(
        found[-1].outputs,
        tuple(rules.values())[:MOST_FIRED],
        tuple({step.key: step for each in found for step in each.evaluated}.values()),
        tuple(dict.fromkeys(failure for each in found for failure in each.failures)),
        tuple(dict.fromkeys(warning for each in found for warning in each.warnings)),
    )
