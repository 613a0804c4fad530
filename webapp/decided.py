"""What a decision gave: as JSON for programs, and as people read it on pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
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

    decision: str  #: its key
    row: int
    name: str = ""  #: of the decision, where it is not its key
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
    name: str = ""  #: where it is not the key
    notes: tuple[str, ...] = ()  #: what became null on the way


def asked_in(detail: Any) -> Asked | None:
    """Return what a detail of the history tells of a decision; None where it tells of none."""
    if not isinstance(detail, Mapping) or not isinstance(detail.get("rules"), list):
        return None
    version, more = detail.get("version"), detail.get("more")
    names, notes = detail.get("names"), detail.get("notes")
    named = names if isinstance(names, Mapping) else {}
    key = str(detail.get("decision", ""))
    return Asked(
        key,
        version if isinstance(version, int) and version > 0 else None,
        str(detail.get("result", "")),
        tuple(_of_history(each, named) for each in detail["rules"] if isinstance(each, Mapping)),
        more if isinstance(more, int) else 0,
        str(named.get(key, "")),
        tuple(map(str, notes)) if isinstance(notes, list) else (),
    )


def shown(found: Decision) -> list[ShownRule]:
    """Return the rules that fired just now in texts."""
    names = {each.key: each.name for each in found.evaluated if each.name != each.key}
    return [
        ShownRule(
            rule.decision,
            rule.row,
            names.get(rule.decision, ""),
            ", ".join(each for each in rule.annotations if each),
            tuple((each.input, _text(each.value), each.test) for each in rule.because),
            tuple((name, _text(value)) for name, value in rule.outputs.items()),
        )
        for rule in found.fired_rules
    ]


def _of_history(rule: Mapping[str, Any], names: Mapping[str, Any]) -> ShownRule:
    notes = (str(each) for each in rule.get("annotations", ()) if each)
    because = (each for each in rule.get("because", ()) if len(each) == 3)
    key = str(rule.get("decision", ""))
    return ShownRule(
        key,
        int(rule.get("row", 0)),
        str(names.get(key, "")),
        ", ".join(notes),
        tuple((str(name), str(value), str(test)) for name, value, test in because),
        tuple((str(name), str(value)) for name, value in rule.get("outputs", {}).items()),
    )


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


__all__ = ["Asked", "ShownRule", "as_json", "asked_in", "shown"]
