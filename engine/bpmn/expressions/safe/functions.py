"""The functions and methods an expression may call.

A function gets values that were measured already (:func:`~.limits.size_of`), so each one here is
safe when its own result is in proportion to its arguments; those that could multiply sizes check
first. ``now``, ``default`` and ``defined`` need the evaluation itself and live there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions.safe.limits import BITS, SIZE, RefusedError, too_high, too_large


def _digest(text: str) -> str:
    """Return the SHA-256 of the UTF-8 text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _round(number: float, digits: int | None = None) -> float:
    # round(1, -10**9) would build a power of ten with a billion digits.
    if digits is not None and abs(digits) > 15:
        raise RefusedError("round() keeps at most 15 digits.", "Give a number from -15 to 15.")
    return round(number, digits)


def _whole(value: Any = 0, base: int | None = None) -> int:
    # Of base 16 and its like Python reads figures without end.
    if isinstance(value, str) and len(value) > BITS:
        raise too_high()
    return int(value) if base is None else int(value, base)


def _sum(numbers: list[Any]) -> Any:
    for number in numbers:
        if not isinstance(number, int | float | timedelta):
            raise RefusedError("sum() adds numbers only.", "Join texts with join(', ', list).")
    return sum(numbers)


def _range(*bounds: int) -> list[int]:
    values = range(*bounds)
    if len(values) > 5_000:
        raise RefusedError("range() gives at most 5,000 numbers.", "Count less far.")
    return list(values)


def _text(value: Any = "") -> str:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _join(separator: str, texts: list[Any]) -> str:
    parts = [_text(text) for text in texts]
    if len(separator) * len(parts) + sum(map(len, parts)) > SIZE:
        raise too_large()
    return separator.join(parts)


def _replace(text: str, old: str, new: str) -> str:
    if text.count(old) * max(len(new) - len(old), 0) + len(text) > SIZE:
        raise too_large()
    return text.replace(old, new)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise RefusedError("The moment has no time zone.", "Write it like 2026-03-02T09:30:00Z.")
    return moment


def _contains(whole: Any, part: Any) -> bool:
    return part in whole if whole is not None else False


FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "abs": abs,
        "all": all,
        "any": any,
        "bool": bool,
        "contains": _contains,
        "date": date.fromisoformat,
        "days": lambda number: timedelta(days=number),
        "digest": _digest,
        "endswith": lambda text, end: text.endswith(end),
        "float": float,
        "hours": lambda number: timedelta(hours=number),
        "int": _whole,
        "items": lambda mapping: [[key, value] for key, value in mapping.items()],
        "join": _join,
        "keys": lambda mapping: list(mapping),
        "len": len,
        "list": list,
        "lower": lambda text: text.lower(),
        "max": max,
        "min": min,
        "minutes": lambda number: timedelta(minutes=number),
        "moment": _moment,
        "range": _range,
        "replace": _replace,
        "reversed": lambda values: list(values)[::-1],
        "round": _round,
        "sorted": sorted,
        "split": lambda text, separator=None: text.split(separator),
        "startswith": lambda text, start: text.startswith(start),
        "str": _text,
        "strip": lambda text: text.strip(),
        "sum": _sum,
        "upper": lambda text: text.upper(),
        "values": lambda mapping: list(mapping.values()),
    }
)

_TEXT_METHODS: dict[str, Callable[..., Any]] = {
    "capitalize": str.capitalize,
    "count": str.count,
    "endswith": str.endswith,
    "find": str.find,
    "isdigit": str.isdigit,
    "join": _join,
    "lower": str.lower,
    "replace": _replace,
    "split": str.split,
    "splitlines": str.splitlines,
    "startswith": str.startswith,
    "strip": str.strip,
    "title": str.title,
    "upper": str.upper,
}
_MAPPING_METHODS: dict[str, Callable[..., Any]] = {
    "get": lambda mapping, key, fallback=None: mapping.get(key, fallback),
    "items": FUNCTIONS["items"],
    "keys": FUNCTIONS["keys"],
    "values": FUNCTIONS["values"],
}
_MOMENT_METHODS: dict[str, Callable[..., Any]] = {
    "date": datetime.date,
    "isoformat": datetime.isoformat,
    "weekday": datetime.weekday,
}
METHODS: Mapping[type, Mapping[str, Callable[..., Any]]] = MappingProxyType(
    {
        str: _TEXT_METHODS,
        dict: _MAPPING_METHODS,
        list: {"count": list.count, "index": list.index},
        datetime: _MOMENT_METHODS,
        date: {"isoformat": date.isoformat, "weekday": date.weekday},
    }
)
METHOD_NAMES = frozenset(name for methods in METHODS.values() for name in methods)
#: What may be read off a date or a moment; a dictionary's keys are read by any name.
MOMENT_PARTS = frozenset({"year", "month", "day", "hour", "minute", "second"})
