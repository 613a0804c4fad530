"""How much of a decision is told; the sandbox has the same bounds (``webapp/frontend/src/feel``).

Values that are seen on the way are told for people. They are many where a large value passes
through hundreds of decisions, and then those that come last are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from engine.bpmn.expressions.safe.limits import SCALARS, RefusedError, size_of
from engine.decisions import Decision, FiredRule

#: Rules that fired, and warnings.
MOST_FIRED, MOST_NOTES = 500, 50
#: Bytes of all values that are told, beside the result.
KEPT = 256 * 1024
#: Lists and dictionaries inside each other, as in variables.
_DEEPEST = 64
#: Whole numbers of 64 bits, with a sign or without.
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1


def unfit(value: Any) -> str | None:
    """Say why no variable could hold ``value``, which no sandbox has measured; None: one could."""
    try:
        size_of(value)
    except RefusedError as refusal:
        return refusal.reason
    pending = [(value, 0)]
    while pending:
        found, depth = pending.pop()
        if depth > _DEEPEST:
            return f"It is nested more than {_DEEPEST} deep."
        if type(found) is int and not _SMALLEST <= found <= _LARGEST:
            return "It holds a whole number of more than 64 bits."
        if type(found) is float and not math.isfinite(found):
            return "It holds what is no number."
        if type(found) is dict:
            if not all(type(key) is str for key in found):
                return "It holds a key that is no text."
            pending.extend((item, depth + 1) for item in found.values())
        elif type(found) in (list, tuple):
            pending.extend((item, depth + 1) for item in found)
    return None


def kept(found: Decision) -> Decision:
    """Return a decision with null for the values on the way that are too many to be told."""
    keep = _Keeper()
    evaluated = tuple(replace(each, outputs=keep(each.outputs)) for each in found.evaluated)
    return replace(found, evaluated=evaluated, fired_rules=tuple(keep.rules(found.fired_rules)))


class _Keeper:
    """Gives values back as long as there is room."""

    def __init__(self) -> None:
        self._left = KEPT

    def __call__(self, value: Any) -> Any:
        if type(value) in SCALARS:
            return value
        try:
            self._left -= len(value) if type(value) is str else size_of(value)
        except RefusedError:
            return None
        return value if self._left >= 0 else None

    def rules(self, fired: Iterable[FiredRule]) -> Iterable[FiredRule]:
        for rule in fired:
            because = tuple(replace(each, value=self(each.value)) for each in rule.because)
            outputs = {name: self(value) for name, value in rule.outputs.items()}
            yield replace(rule, because=because, outputs=outputs)
