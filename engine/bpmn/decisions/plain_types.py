"""Whether plain values are of a type: numbers, texts, booleans, and dictionaries of them.

Each context of a file is made ready once, however many types and columns name it; one that holds
itself, as the nodes of a tree do, is for the sandbox.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.bpmn.decisions.model import Type, Types, behind
from engine.bpmn.expressions.friendly.cells import Test, parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH

#: Returns the value, or raises :class:`ElsewhereError` where it is of another type.
Check: TypeAlias = Callable[[Any], Any]

_KINDS: Mapping[str, frozenset[type]] = {
    "number": frozenset({int, float}),
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
}
#: Contexts inside each other.
_DEEPEST = 20


def plain_check(wanted: Type | None, types: Mapping[str, Type]) -> Check | None:
    """Return how values of a type are checked; None where any value is one.

    Raises:
        ElsewhereError: values of that type are for the sandbox.
    """
    return _Maker(types).check(wanted)


class _Maker:
    """Makes one check, and those of what is inside."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self._types = types
        self._kept: dict[int, Any] = types.checks if isinstance(types, Types) else {}
        #: Identities of the fields of the contexts around.
        self._around: list[int] = []

    def check(self, wanted: Type | None) -> Check | None:
        found = behind(wanted, self._types)
        if found is None or (found.base == "any" and found.allowed is None):
            return None
        check = self._unrestricted(found)
        return check if found.allowed is None else _restricted(check, found.allowed.text)

    def _unrestricted(self, wanted: Type) -> Check:
        if wanted.fields is not None:
            return self._context(wanted.fields)
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

    def _context(self, fields: dict[str, Type]) -> Check:
        """Return the check of a context; all references to a type share its ``fields``."""
        if id(fields) not in self._kept:
            # With the fields, so that no other dictionary gets their identity.
            self._kept[id(fields)] = fields, self._made(fields)
        check: Check | None = self._kept[id(fields)][1]
        if check is None:
            raise ElsewhereError
        return check

    def _made(self, fields: dict[str, Type]) -> Check | None:
        """Return the check of a context that is met the first time; None: it is elsewhere."""
        if id(fields) in self._around or len(self._around) >= _DEEPEST:
            return None
        self._around.append(id(fields))
        try:
            return _fields({name: self.check(part) for name, part in fields.items()})
        except ElsewhereError:
            return None
        finally:
            self._around.pop()


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
    test = _allowed(text) if len(text) <= EXPRESSION_LENGTH else None
    if test is None:
        raise ElsewhereError

    def checked(value: Any) -> Any:
        check(value)
        if value is not None and not test(value, {}):
            raise ElsewhereError
        return value

    return checked


@functools.lru_cache(maxsize=1024)
def _allowed(text: str) -> Test | None:
    """Return the test of the values that a type allows; None where it is not plain."""
    try:
        test, reads = parse_tests(text)
    except ElsewhereError:
        return None
    return None if reads else test
