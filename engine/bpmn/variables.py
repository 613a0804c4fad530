"""What a variable may hold, and how values are copied.

Allowed are the types of JSON, and ``datetime`` and ``date``. Everything else is refused where it
would enter an instance, so that saving it later cannot fail and no surprise waits in the database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, cast

from engine.bpmn.errors import ElementError, VariableError

#: Deepest nesting of lists and dictionaries in one variable.
DEEPEST = 64
#: Characters of a text that rows are found by; PostgreSQL indexes no more than some 2,700 bytes.
LONGEST_NAME = 255
#: Integers beyond 64 bits fit into no database column and no JSON reader of a browser.
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_PLAIN = frozenset({bool, type(None), datetime, date})
#: Half of a character: no UTF-8.
_HALF = re.compile("[\ud800-\udfff]")


def storable(value: Any, path: str) -> Any:
    """Return a copy of ``value`` that shares nothing with it; tuples become lists.

    Args:
        value: anything that came from outside or from an expression.
        path: name of the variable, for the error.

    Raises:
        VariableError: if ``value``, or something inside it, is no storable type.
    """
    try:
        return _plain(value, 0)
    except _UnplainError:
        return _copy(value, path, 0)


def storable_variables(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a storable copy of several variables; see :func:`storable`."""
    try:
        return cast(dict[str, Any], _plain(values, -1))
    except _UnplainError:
        return {_key(name, name): _copy(value, name, 0) for name, value in values.items()}


def seen_outside(
    data: Mapping[str, Any], local: Collection[str], base: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what an element wrote, as the scope around it sees it.

    Args:
        data: the variables of the element.
        local: names that are the element's own.
        base: the variables it began with; what hides behind a local name was not deleted.
    """
    seen = {name: value for name, value in data.items() if name not in local}
    seen.update({name: base[name] for name in local if name in base})
    return seen


class _UnplainError(Exception):
    """Internal: the value has to be looked at closely."""


def _plain(value: Any, depth: int) -> Any:
    """Return a copy of what holds nothing unusual, which nearly all values are.

    It keeps no path for an error that does not come: that costs more than the copy.
    """
    kind = type(value)
    if kind in _PLAIN or (kind is str and value.isascii()):
        return value
    if depth > DEEPEST:
        raise _UnplainError
    if kind is dict:
        copy = {}
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or "\0" in key:
                raise _UnplainError
            inner = type(item)
            plain = inner in _PLAIN or (inner is str and item.isascii())
            copy[key] = item if plain else _plain(item, depth + 1)
        return copy
    if kind is list:
        return [_plain(item, depth + 1) for item in value]
    fits = (kind is int and _SMALLEST <= value <= _LARGEST) or (
        kind is float and math.isfinite(value)
    )
    if fits or (kind is str and not _HALF.search(value)):
        return value
    raise _UnplainError


def _copy(value: Any, path: str, depth: int) -> Any:
    kind = type(value)
    if kind in _PLAIN or (kind is str and value.isascii()):
        return value
    if depth > DEEPEST:
        raise VariableError(path, f"is nested more than {DEEPEST} deep")
    if isinstance(value, Mapping):
        return {
            _key(key, path): _copy(item, f"{path}.{key}", depth + 1) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_copy(item, f"{path}[{i}]", depth + 1) for i, item in enumerate(value)]
    return _scalar(value, path)


def _scalar(value: Any, path: str) -> Any:
    if isinstance(value, str):  # such as the members of a StrEnum
        return _text(value, path)
    if isinstance(value, int):
        if _SMALLEST <= value <= _LARGEST:
            return int(value)
        raise VariableError(path, "is a whole number of more than 64 bits")
    if isinstance(value, float):
        if math.isfinite(value):
            return float(value)
        raise VariableError(path, f"is {value}, which is no number JSON knows")
    raise VariableError(path, f"would hold a {type(value).__name__}")


def _text(text: str, path: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:  # JSON can write it; no database takes it
        raise VariableError(path, "has half of a character in its text") from error
    return str(text)


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        if "\0" in key:  # PostgreSQL keeps none, and for the sandbox it marks what is no context
            raise VariableError(path, "has a key with the character NUL in it")
        return str(key) if key.isascii() else _text(key, path)
    raise VariableError(path, f"has the key {key!r}, which is not text")


def storable_name(text: str, what: str) -> str:
    """Return a text by which something is found, such as a queue or a correlation key.

    Raises:
        ElementError: it is longer than an index of every database takes.
    """
    if len(text) > LONGEST_NAME:
        raise ElementError(
            f"The {what} has {len(text):,} characters; at most {LONGEST_NAME} are kept.",
            "Let it name what is meant, such as a number, and carry no text.",
        )
    return text
