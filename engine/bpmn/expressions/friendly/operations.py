"""FEEL's operators on null, booleans, numbers and texts, with null as the third truth value.

Clauses of DMN 1.5: 10.3.2.12 (logic), 10.3.2.13 (comparison), 10.3.2.15 (arithmetic). Values of
other types are left to the sandbox, and so are whole numbers that JavaScript has not.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

#: The largest whole number up to which JavaScript counts one by one.
_EXACT = 2**53
_SCALARS = frozenset({type(None), bool, int, float, str})
_NUMBERS = frozenset({int, float})
_COMPARABLE_OR_NULL = frozenset({int, float, type(None)})


class ElsewhereError(Exception):
    """Internal: this text, or these values, are for the sandbox."""


def number(value: Any) -> Any:
    """Return a number that was calculated, if JavaScript has it too."""
    if type(value) is float:
        if not math.isfinite(value) or abs(value) >= _EXACT:
            raise ElsewhereError
        return int(value) if value.is_integer() else value
    if not -_EXACT < value < _EXACT:
        raise ElsewhereError
    return value


def result(value: Any) -> Any:
    """Return a value as it leaves the expression: 5.0 is 5, as everywhere in FEEL."""
    kind = type(value)
    if kind in _NUMBERS:
        return number(value)
    if kind is list:
        return [result(item) for item in value]
    if kind is dict:
        return {key: result(item) for key, item in value.items()}
    if kind in _SCALARS:
        return value
    raise ElsewhereError


def scalar(value: Any) -> Any:
    """Return ``value`` if the operators here know its type."""
    if type(value) not in _SCALARS:
        raise ElsewhereError
    return value


def equal(left: Any, right: Any) -> bool | None:
    """Return ``left = right``; null when the types differ, but null itself differs from all."""
    first, second = type(scalar(left)), type(scalar(right))
    if left is None or right is None:
        return left is right
    if first is second or (first in _NUMBERS and second in _NUMBERS):
        return bool(left == right)
    return None


def different(left: Any, right: Any) -> bool | None:
    """Return ``left != right``."""
    same = equal(left, right)
    return None if same is None else not same


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def compared(left: Any, right: Any) -> bool | None:
        first, second = type(left), type(right)
        if first in _NUMBERS and second in _NUMBERS:
            return compare(left, right)
        if first is str and second is str and left.isascii() and right.isascii():
            return compare(left, right)
        if {first, second} <= _COMPARABLE_OR_NULL:
            return None  # one of them, or both, is null
        raise ElsewhereError

    return compared


def within(value: Any, low: Any, high: Any, *, from_low: bool, to_high: bool) -> bool | None:
    """Say whether ``value`` is in a range of numbers; the ends count where they are included."""
    if type(low) not in _NUMBERS or type(high) not in _NUMBERS:
        raise ElsewhereError
    if value is None:
        return None
    if type(value) not in _NUMBERS:
        raise ElsewhereError
    if low > high:
        low, high, from_low, to_high = high, low, to_high, from_low
    above = value >= low if from_low else value > low
    below = value <= high if to_high else value < high
    return bool(above and below)


def both(left: Any, right: Any) -> bool | None:
    """Return ``left and right``; what is no boolean counts as null."""
    if left is False or right is False:
        return False
    return True if left is True and right is True else None


def either(left: Any, right: Any) -> bool | None:
    """Return ``left or right``; what is no boolean counts as null."""
    if left is True or right is True:
        return True
    return False if left is False and right is False else None


def opposite(value: Any) -> bool | None:
    """Return ``not(value)``."""
    return not value if type(value) is bool else None


def negative(value: Any) -> Any:
    """Return ``-value``; null for what is no number."""
    if type(value) in _NUMBERS:
        return number(0 - value)
    return None if type(value) in _SCALARS else _leave()


def _leave() -> Any:
    raise ElsewhereError


def _arithmetic(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def calculated(left: Any, right: Any) -> Any:
        if type(left) in _NUMBERS and type(right) in _NUMBERS:
            return number(calculate(number(left), number(right)))
        if type(left) is str and type(right) is str and calculate is operator.add:
            # The sandbox measures what grows.
            return left + right if len(left) + len(right) < 10_000 else _leave()
        scalar(left), scalar(right)
        return None

    return calculated


def _divided(left: float, right: float) -> Any:
    if right == 0:
        raise ElsewhereError
    return left / right


def part(whole: Any, name: str) -> Any:
    """Return ``whole.name``; null where it is not there, or where there are no parts."""
    if type(whole) is dict:
        if name in whole:
            return whole[name]
        if all(key.isidentifier() for key in whole):
            return None
        raise ElsewhereError  # FEEL finds 'first  name' under 'first name'
    if isinstance(whole, list | date) or type(whole) not in _SCALARS:
        raise ElsewhereError
    return None


def listed(value: Any, items: Any) -> bool:
    """Say whether ``value`` is one of ``items``, all of them scalars."""
    scalar(value)
    return any(equal(scalar(item), value) is True for item in items)


BINARY: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "=": equal,
        "!=": different,
        "<": _ordered(operator.lt),
        "<=": _ordered(operator.le),
        ">": _ordered(operator.gt),
        ">=": _ordered(operator.ge),
        "+": _arithmetic(operator.add),
        "-": _arithmetic(operator.sub),
        "*": _arithmetic(operator.mul),
        "/": _arithmetic(_divided),
        "and": both,
        "or": either,
    }
)


def _of_texts(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*texts: Any) -> Any:
        for text in texts:
            if type(text) is not str or not text.isascii():
                raise ElsewhereError
        return function(*texts)

    return called


#: Functions on plain texts, by name: how many values they take, and what they do.
FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = MappingProxyType(
    {
        "contains": (2, _of_texts(lambda text, match: match in text)),
        "ends with": (2, _of_texts(str.endswith)),
        "lower case": (1, _of_texts(str.lower)),
        "not": (1, opposite),
        "starts with": (2, _of_texts(str.startswith)),
        "string length": (1, _of_texts(len)),
        "upper case": (1, _of_texts(str.upper)),
    }
)
