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

from engine.bpmn.expressions.friendly.budget import ElsewhereError as ElsewhereError
from engine.bpmn.expressions.friendly.budget import measured, spend
from engine.bpmn.expressions.safe.limits import SIZE

#: The largest whole number up to which JavaScript counts one by one.
_EXACT = 2**53
_SCALARS = frozenset({type(None), bool, int, float, str})
NUMBERS = frozenset({int, float})
#: Types of values that need no measuring.
_SHORT = _SCALARS - {str}
#: Types whose values have no order with a value of another type: what comes out is null.
KNOWN = _SCALARS | {list, dict}
#: Lists and contexts inside each other.
_DEEPEST = 64


def number(value: Any) -> Any:
    """Return a number that was calculated, if JavaScript has it too."""
    if type(value) is float:
        if not math.isfinite(value) or abs(value) >= _EXACT:
            raise ElsewhereError
        return int(value) if value.is_integer() else value
    if not -_EXACT < value < _EXACT:
        raise ElsewhereError
    return value


def calculated(value: Any) -> Any:
    """Return a number that was calculated as decimals have it: with 15 figures, which are sure."""
    if type(value) is float and not value.is_integer() and math.isfinite(value):
        short = float(f"{value:.15g}")
        if short != value:
            long = f"{value:.16g}"
            if long.endswith("5") and float(long) == value:
                raise ElsewhereError  # it may lie in the middle, where JavaScript rounds otherwise
            value = short
    return number(value)


def result(value: Any) -> Any:
    """Return a value as it leaves the expression: 5.0 is 5, as everywhere in FEEL.

    Raises:
        ElsewhereError: it is no value of JSON, or of more than 64 kB.
    """
    kind = type(value)
    if kind in NUMBERS:
        return number(value)
    if kind is str and len(value) > SIZE:
        raise ElsewhereError
    if kind in _SCALARS:
        return value
    measured(value)
    return _tidy(value, 0)


def _tidy(value: Any, depth: int) -> Any:
    """Return a copy of a value that was measured, so that it does not hold itself."""
    kind = type(value)
    if kind in NUMBERS:
        return number(value)
    if kind in _SCALARS:
        return value
    if depth > _DEEPEST:
        raise ElsewhereError
    if kind is list:
        spend(len(value))
        return [_tidy(item, depth + 1) for item in value]
    if kind is dict and all(type(key) is str for key in value):
        spend(len(value))
        return {key: _tidy(item, depth + 1) for key, item in value.items()}
    raise ElsewhereError


def bounded(made: Any) -> Any:
    """Return a list or context that a text made, if it is of a size that the sandbox would give."""
    for item in made.values() if type(made) is dict else made:
        if type(item) not in _SHORT:
            measured(made)
            break
    return made


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
    if first in NUMBERS and second in NUMBERS:
        return bool(left == right) or _differ(left, right)
    return bool(left == right) if first is second else None


def _differ(left: float, right: float) -> bool:
    """Return False; JavaScript may take two large numbers for the same."""
    if abs(left) >= _EXACT and abs(right) >= _EXACT:
        raise ElsewhereError
    return False


def different(left: Any, right: Any) -> bool | None:
    """Return ``left != right``."""
    same = equal(left, right)
    return None if same is None else not same


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def compared(left: Any, right: Any) -> bool | None:
        first, second = type(left), type(right)
        if first in NUMBERS and second in NUMBERS:
            if not -_EXACT < left < _EXACT and not -_EXACT < right < _EXACT:
                raise ElsewhereError
            return compare(left, right)
        if first is str and second is str:
            if left.isascii() and right.isascii():
                return compare(left, right)
            raise ElsewhereError  # JavaScript orders halves of characters
        if first in KNOWN and second in KNOWN:
            return None
        raise ElsewhereError

    return compared


def within(value: Any, low: Any, high: Any, *, from_low: bool, to_high: bool) -> bool | None:
    """Say whether ``value`` is in a range of numbers or texts.

    The ends count where they are included, whichever of them is the smaller.
    """
    kind, other = type(low), type(high)
    if not (kind in NUMBERS and other in NUMBERS) and not (kind is str and other is str):
        raise ElsewhereError
    if MORE(low, high):
        low, high, from_low, to_high = high, low, to_high, from_low
    above = AT_LEAST(value, low) if from_low else MORE(value, low)
    below = AT_MOST(value, high) if to_high else LESS(value, high)
    return None if above is None or below is None else above and below


LESS, AT_MOST = _ordered(operator.lt), _ordered(operator.le)
MORE, AT_LEAST = _ordered(operator.gt), _ordered(operator.ge)


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
    if type(value) in NUMBERS:
        return calculated(0 - value)
    return None if type(value) in _SCALARS else _leave()


def _leave() -> Any:
    raise ElsewhereError


def _arithmetic(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def run(left: Any, right: Any) -> Any:
        if type(left) in NUMBERS and type(right) in NUMBERS:
            found = calculate(number(left), number(right))
            return None if found is None else calculated(found)
        if type(left) is str and type(right) is str and calculate is operator.add:
            # The sandbox measures what grows.
            return left + right if len(left) + len(right) < 10_000 else _leave()
        scalar(left), scalar(right)
        return None

    return run


def _divided(left: float, right: float) -> Any:
    return None if right == 0 else left / right


def part(whole: Any, name: str) -> Any:
    """Return ``whole.name``; null where it is not there, or where there are no parts."""
    if type(whole) is dict:
        if name in whole:
            return whole[name]
        spend(len(whole))
        if all(type(key) is str and key.isidentifier() for key in whole):
            return None
        raise ElsewhereError  # FEEL finds 'first  name' under 'first name'
    if isinstance(whole, list | date) or type(whole) not in _SCALARS:
        raise ElsewhereError
    return None


def listed(value: Any, items: Any) -> bool | None:
    """Say whether ``value`` is one of ``items``, or is it; null if that is null."""
    scalar(value)
    if type(items) is not list:
        return None if items is None else equal(items, value) is True
    spend(len(items))
    return any(equal(item, value) is True for item in items)


BINARY: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "=": equal,
        "!=": different,
        "<": LESS,
        "<=": AT_MOST,
        ">": MORE,
        ">=": AT_LEAST,
        "+": _arithmetic(operator.add),
        "-": _arithmetic(operator.sub),
        "*": _arithmetic(operator.mul),
        "/": _arithmetic(_divided),
        "and": both,
        "or": either,
    }
)
