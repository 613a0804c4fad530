"""The types a ``typeRef`` may name, as far as they are checked: numbers, texts, booleans.

Any other name (a date, an item definition of the author) is not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_NUMBERS = {"number", "double", "decimal", "float"}
_WHOLE_NUMBERS = {"integer", "long"}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole_number(value: Any) -> bool:
    return _is_number(value) and (isinstance(value, int) or value.is_integer())


def type_named(reference: str | None) -> str | None:
    """Return ``"number"``, ``"whole number"``, ``"text"``, ``"boolean"``, or None: not checked."""
    name = (reference or "").rpartition(":")[2].strip().lower()
    if name in _NUMBERS:
        return "number"
    if name in _WHOLE_NUMBERS:
        return "whole number"
    return {"string": "text", "boolean": "boolean"}.get(name)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "number": _is_number,
    "whole number": _is_whole_number,
    "text": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
}


def fits(value: Any, kind: str | None) -> bool:
    """Say whether ``value`` is of the type ``kind``; None fits every type."""
    return value is None or kind is None or _CHECKS[kind](value)
