"""The conversions of the Unified EL (JSR 245, section 1.18) and its operators on values.

Null counts as 0 in arithmetic, as the empty text in texts and as false in conditions. Texts become
numbers where numbers are needed; two values are compared as numbers when one is a number, and as
texts when one is a text.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions.safe.limits import SIZE, RefusedError, described, too_large

#: Whole numbers are of 64 bits in Java, and in what variables may hold.
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


def to_text(value: Any) -> str:
    """Return ``value`` as Java writes it: nothing is the empty text, 1.0 is ``1.0``."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return _joined("[", (to_text(item) for item in value), "]")
    if isinstance(value, dict):
        return _joined("{", (f"{key}={to_text(item)}" for key, item in value.items()), "}")
    return str(value)


def to_boolean(value: Any) -> bool:
    """Return ``value`` as a condition. Raises ``RefusedError`` for what is neither."""
    if value is None or value == "":
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.strip().lower() == "true"
    raise RefusedError(
        f"{described(value)} is neither true nor false.", "Compare it: amount > 0, name != ''."
    )


def to_number(value: Any) -> int | float:
    """Return ``value`` as a number. Raises ``RefusedError`` for what is none."""
    if value is None or value == "":
        return 0
    if isinstance(value, bool):
        raise RefusedError(f"{described(value)} is no number.", "Use a number.")
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        try:
            return _number_in(value.strip())
        except ValueError as fault:
            raise RefusedError(
                f"The text {value!r:.40} is no number.",
                "Join texts as ${first} ${last}, or with concat().",
            ) from fault
    raise RefusedError(f"{described(value)} is no number.", "Use a number.")


def is_empty(value: Any) -> bool:
    """Say whether ``empty`` holds: nothing, no sign, no item, no key."""
    return value is None or (isinstance(value, str | list | dict | tuple) and len(value) == 0)


def equals(left: Any, right: Any) -> bool:
    """Say whether ``==`` holds."""
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) or isinstance(right, bool):
        return to_boolean(left) == to_boolean(right)
    if _is_number(left) or _is_number(right):
        return to_number(left) == to_number(right)
    if isinstance(left, date) and isinstance(right, date):
        return order(left, right) == 0
    if isinstance(left, str) or isinstance(right, str):
        return to_text(left) == to_text(right)
    return bool(left == right)


def order(left: Any, right: Any) -> int:
    """Return below, at or above 0 as ``left`` comes before, with or after ``right``.

    Raises:
        RefusedError: the two have no order.
    """
    if _is_number(left) or _is_number(right):
        first, second = to_number(left), to_number(right)
        return (first > second) - (first < second)
    if isinstance(left, date) and isinstance(right, date):
        return _sign(_moment(left), _moment(right))
    if isinstance(left, str) or isinstance(right, str):
        return _sign(to_text(left), to_text(right))
    raise RefusedError(
        f"{described(left)} and {described(right)} have no order.", "Compare numbers or texts."
    )


def _sign(first: Any, second: Any) -> int:
    return int(first > second) - int(first < second)


def _moment(value: date) -> Any:
    # A date without a time is compared as its midnight in UTC, as a moment without a zone is.
    if isinstance(value, datetime):
        return value.timestamp() if value.tzinfo else (value - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001
    return (value - date(1970, 1, 1)) / timedelta(seconds=1)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number_in(text: str) -> int | float:
    if "_" in text or len(text) > 40:
        raise ValueError(text)
    whole = text.lstrip("+-")
    if whole.isascii() and whole.isdigit():
        return bounded(int(text))
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _float_text(value: float) -> str:
    """Return what Java's ``Double.toString`` gives: 0.1, 1.0E7."""
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    figures = "".join(map(str, digits))
    power = int(exponent) + len(figures) - 1
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{power}"


def _joined(opening: str, parts: Any, closing: str) -> str:
    text = opening + ", ".join(parts) + closing
    if len(text) > SIZE:
        raise too_large()
    return text


def bounded(number: Any) -> Any:
    """Return ``number``. Raises ``RefusedError`` for what has no place in 64 bits."""
    fits = _SMALLEST <= number <= _LARGEST if isinstance(number, int) else math.isfinite(number)
    if not fits:
        raise RefusedError("A number grows beyond 64 bits.", "Calculate with smaller numbers.")
    return number


def _arithmetic(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def calculated(left: Any, right: Any) -> Any:
        return bounded(function(to_number(left), to_number(right)))

    return calculated


def _remainder(left: float, right: float) -> float:
    if right == 0:
        raise ZeroDivisionError
    # The sign of the left side, as in Java; Python gives that of the right one.
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _compared(holds: Callable[[int, int], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        if left is None and right is None:
            return holds(0, 0)
        # Nothing is neither below nor above anything.
        return left is not None and right is not None and holds(order(left, right), 0)

    return compared


#: Operators with two values that always are both looked at, by sign.
BINARY: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "+": _arithmetic(operator.add),
        "-": _arithmetic(operator.sub),
        "*": _arithmetic(operator.mul),
        "/": _arithmetic(operator.truediv),
        "%": _arithmetic(_remainder),
        "==": equals,
        "!=": lambda left, right: not equals(left, right),
        "<": _compared(operator.lt),
        "<=": _compared(operator.le),
        ">": _compared(operator.gt),
        ">=": _compared(operator.ge),
    }
)
