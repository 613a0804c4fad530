"""Whether plain values are of a type: numbers, texts, booleans, and dictionaries of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.bpmn.decisions.model import Type
from engine.bpmn.expressions.friendly.cells import parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError

#: Returns the value, or raises :class:`ElsewhereError` where it is of another type.
Check: TypeAlias = Callable[[Any], Any]

_KINDS: Mapping[str, frozenset[type]] = {
    "number": frozenset({int, float}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
}


def plain_check(wanted: Type | None, types: Mapping[str, Type]) -> Check | None:
    """Return how values of a type are checked; None where any value is one.

    Raises:
        ElsewhereError: values of that type are for the sandbox.
    """
    hops = 0
    while wanted is not None and wanted.ref is not None:
        hops += 1
        if wanted.allowed is not None or hops > 50:
            raise ElsewhereError
        wanted = types.get(wanted.ref)
    if wanted is None or (wanted.base == "any" and wanted.allowed is None):
        return None
    check = _unrestricted(wanted, types)
    return check if wanted.allowed is None else _restricted(check, wanted.allowed.text)


def _unrestricted(wanted: Type, types: Mapping[str, Type]) -> Check:
    if wanted.fields is not None:
        return _fields({name: plain_check(part, types) for name, part in wanted.fields.items()})
    if wanted.base == "whole number":
        return _whole_number
    kinds = _KINDS.get(wanted.base or "")
    if kinds is None:
        raise ElsewhereError

    def check(value: Any) -> Any:
        if value is not None and type(value) not in kinds:
            raise ElsewhereError
        return value

    return check


def _whole_number(value: Any) -> Any:
    if value is None or type(value) is int or (type(value) is float and value.is_integer()):
        return value
    raise ElsewhereError


def _fields(checks: Mapping[str, Check | None]) -> Check:
    def check(value: Any) -> Any:
        if value is None:
            return None
        if type(value) is not dict:
            raise ElsewhereError
        for name, part in checks.items():
            if name not in value:
                raise ElsewhereError
            if part is not None:
                part(value[name])
        return value

    return check


def _restricted(check: Check, text: str) -> Check:
    test, reads = parse_tests(text)
    if reads:
        raise ElsewhereError

    def checked(value: Any) -> Any:
        check(value)
        if value is not None and not test(value, {}):
            raise ElsewhereError
        return value

    return checked
