"""The functions of FEEL that need no sandbox: texts, numbers and lists of scalars.

Clauses of DMN 1.5: 10.3.4.1 (conversion), 10.3.4.3 (texts), 10.3.4.4 (lists), 10.3.4.5 (numbers);
``get or else`` and those on what is empty are Camunda's. A value of a type that a function does not
take gives null, as everywhere in FEEL.
"""

from __future__ import annotations

import functools
import math
import operator
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions.friendly.budget import spend, spend_text
from engine.bpmn.expressions.friendly.operations import (
    BINARY,
    NUMBERS,
    ElsewhereError,
    calculated,
    equal,
    number,
    opposite,
    scalar,
)

#: How many values a function takes, at least and at most, and what it does.
Function = tuple[int, int, Callable[..., Any]]

_MANY = 1_000
#: Figures that Python takes without a thought.
_LONGEST = 100
_FIGURES = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
#: What JavaScript trims of a text in ASCII; Python would trim more.
_BLANKS = " \t\n\v\f\r"


def _of_texts(function: Callable[..., Any], *, ascii_only: bool = False) -> Callable[..., Any]:
    def called(*texts: Any) -> Any:
        for text in texts:
            if type(scalar(text)) is not str:
                return _nothing(texts)
            spend_text(text)
            if not text.isascii():
                _check_foreign(text, ascii_only)
        return function(*texts)

    return called


def _check_foreign(text: str, ascii_only: bool) -> None:
    if ascii_only or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ElsewhereError


def _nothing(values: tuple[Any, ...]) -> Any:
    """Return null for values of wrong types; a list among them may stand for its one item."""
    for value in values:
        scalar(value)
    return None


def _of_number(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*values: Any) -> Any:
        for value in values:
            if type(scalar(value)) not in NUMBERS:
                return _nothing(values)
        return function(*(number(value) for value in values))

    return called


def _of_numbers(function: Callable[[list[Any]], Any]) -> Callable[..., Any]:
    def called(*values: Any) -> Any:
        items = _items(values)
        if any(type(scalar(item)) not in NUMBERS for item in items):
            return _nothing(tuple(items))
        return number(function([number(item) for item in items])) if items else None

    return called


def _items(values: tuple[Any, ...]) -> list[Any]:
    """Return a single list, or several values as one."""
    items = values[0] if len(values) == 1 and type(values[0]) is list else list(values)
    spend(len(items))
    return [scalar(item) for item in items]


def _listed(value: Any) -> list[Any] | None:
    """Return ``value`` where a list is wanted: anything else but null is a list of one."""
    if type(value) is list:
        return value
    return None if scalar(value) is None else [value]


def _count(value: Any) -> int | None:
    items = _listed(value)
    return None if items is None else len(items)


def _list_contains(value: Any, element: Any) -> bool | None:
    items = _listed(value)
    if items is None:
        scalar(element)
        return None
    spend(len(items))
    return any(equal(scalar(item), scalar(element)) is True for item in items)


def _is_empty(value: Any) -> bool | None:
    if type(value) is list:
        return len(value) == 0
    return _nothing((value,))


def _all(*values: Any) -> bool | None:
    items = _items(values)
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


def _any(*values: Any) -> bool | None:
    items = _items(values)
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


def _product(items: list[Any]) -> Any:
    # As feelin: in binary, and a decimal at the end.
    return calculated(functools.reduce(operator.mul, map(float, items)))


def _sum(items: list[Any]) -> Any:
    # One by one, as feelin: sum() of Python may be more exact.
    return functools.reduce(BINARY["+"], items)


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise ElsewhereError
    return value


def _modulo(dividend: Any, divisor: Any) -> Any:
    if _integer(divisor) == 0:
        return None
    if abs(_integer(dividend)) > _MANY * _MANY or abs(divisor) > _MANY * _MANY:
        raise ElsewhereError  # feelin rounds
    return dividend % divisor


def _string(value: Any) -> str | None:
    kind = type(scalar(value))
    if kind is bool:
        return "true" if value else "false"
    if kind is int or kind is float:
        value = number(value)
        if type(value) is float and abs(value) < 1e-4:
            raise ElsewhereError  # JavaScript writes these in another way
        return str(value)
    return None if value is None else str(value)


def _number(text: Any) -> Any:
    if type(scalar(text)) is not str:
        return number(text) if type(text) in NUMBERS else None
    if len(text) > _LONGEST or _FIGURES.fullmatch(text) is None:
        raise ElsewhereError
    return number(float(text) if "." in text else int(text))


def _before(text: str, match: str) -> str:
    return text[: max(text.find(match), 0)]


def _after(text: str, match: str) -> str:
    at = text.find(match)
    return "" if at < 0 else text[at + len(match) :]


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "abs": (1, 1, _of_number(abs)),
        "all": (1, _MANY, _all),
        "any": (1, _MANY, _any),
        "ceiling": (1, 1, _of_number(lambda value: math.ceil(calculated(value)))),
        "contains": (2, 2, _of_texts(lambda text, match: match in text)),
        "count": (1, 1, _count),
        "ends with": (2, 2, _of_texts(str.endswith)),
        "even": (1, 1, _of_number(lambda value: _integer(value) % 2 == 0)),
        "floor": (1, 1, _of_number(lambda value: math.floor(calculated(value)))),
        "get or else": (2, 2, lambda value, other: other if value is None else value),
        "is blank": (1, 1, _of_texts(lambda text: not text.strip(_BLANKS), ascii_only=True)),
        "is defined": (1, 1, lambda value: value is not None),
        "is empty": (1, 1, _is_empty),
        "list contains": (2, 2, _list_contains),
        "lower case": (1, 1, _of_texts(str.lower, ascii_only=True)),
        "max": (1, _MANY, _of_numbers(max)),
        "mean": (1, _MANY, _of_numbers(lambda items: BINARY["/"](_sum(items), len(items)))),
        "min": (1, _MANY, _of_numbers(min)),
        "modulo": (2, 2, _of_number(_modulo)),
        "not": (1, 1, opposite),
        "number": (1, 1, _number),
        "odd": (1, 1, _of_number(lambda value: _integer(value) % 2 == 1)),
        "product": (1, _MANY, _of_numbers(_product)),
        "starts with": (2, 2, _of_texts(str.startswith)),
        "string": (1, 1, _string),
        "string length": (1, 1, _of_texts(len)),
        "substring after": (2, 2, _of_texts(_after)),
        "substring before": (2, 2, _of_texts(_before)),
        "sum": (1, _MANY, _of_numbers(_sum)),
        "trim": (1, 1, _of_texts(lambda text: text.strip(_BLANKS), ascii_only=True)),
        "upper case": (1, 1, _of_texts(str.upper, ascii_only=True)),
    }
)
"""By name."""
