"""What a decision gave: as JSON for programs, and as people read it on pages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.decisions import Decision, Failure, FiredRule


def as_json(found: Decision) -> dict[str, Any]:
    """Return a decision as JSON has it: ``outputs``, and why."""
    return {
        "outputs": found.outputs,
        "fired_rules": [_rule(rule) for rule in found.fired_rules],
        "evaluated": [
            {"key": each.key, "name": each.name, "outputs": each.outputs}
            for each in found.evaluated
        ],
        "failures": [_failure(each) for each in found.failures],
        "warnings": [_failure(each) for each in found.warnings],
    }


def _rule(rule: FiredRule) -> dict[str, Any]:
    return {
        "decision": rule.decision,
        "id": rule.id,
        "row": rule.row,
        "because": [
            {"input": each.input, "value": each.value, "test": each.test} for each in rule.because
        ],
        "outputs": dict(rule.outputs),
        "annotations": list(rule.annotations),
    }


def _failure(failure: Failure) -> dict[str, Any]:
    return {"element": failure.element, "message": failure.message}


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule that fired, in texts."""

    decision: str
    row: int
    note: str = ""  #: its annotations
    because: tuple[tuple[str, str, str], ...] = ()  #: input, value and the test that it passed
    outputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the history of an instance knows of a decision that was asked."""

    key: str
    version: int | None  #: unknown in histories of older versions of Corral
    result: str
    rules: tuple[ShownRule, ...]
    more: int = 0  #: rules that fired beside those that were kept


def asked_in(detail: Any) -> Asked | None:
    """Return what a detail of the history tells of a decision; None where it tells of none."""
    if not isinstance(detail, Mapping) or not isinstance(detail.get("rules"), list):
        return None
    version, more = detail.get("version"), detail.get("more")
    return Asked(
        str(detail.get("decision", "")),
        version if isinstance(version, int) and version > 0 else None,
        str(detail.get("result", "")),
        tuple(_of_history(each) for each in detail["rules"] if isinstance(each, Mapping)),
        more if isinstance(more, int) else 0,
    )


def shown(rules: Iterable[FiredRule]) -> list[ShownRule]:
    """Return rules that fired just now in texts."""
    return [
        ShownRule(
            rule.decision,
            rule.row,
            ", ".join(each for each in rule.annotations if each),
            tuple((each.input, _text(each.value), each.test) for each in rule.because),
            tuple((name, _text(value)) for name, value in rule.outputs.items()),
        )
        for rule in rules
    ]


def _of_history(rule: Mapping[str, Any]) -> ShownRule:
    notes = (str(each) for each in rule.get("annotations", ()) if each)
    because = (each for each in rule.get("because", ()) if len(each) == 3)
    return ShownRule(
        str(rule.get("decision", "")),
        int(rule.get("row", 0)),
        ", ".join(notes),
        tuple((str(name), str(value), str(test)) for name, value, test in because),
        tuple((str(name), str(value)) for name, value in rule.get("outputs", {}).items()),
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


__all__ = ["Asked", "ShownRule", "as_json", "asked_in", "shown"]
