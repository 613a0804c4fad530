"""What is known about the values of a column: their type, who vouches for it, which are allowed."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.literals import (
    BOOLEAN,
    DATE,
    DAYS,
    MOMENT,
    MONTHS,
    NUMBER,
    TEXT,
    Literal,
    literal,
)
from engine.bpmn.decisions.analysis.scopes import Scope
from engine.bpmn.decisions.model import Type

#: Values that no literal writes down: lists, contexts, times.
OTHER = "other"
_SORTS = {
    "number": NUMBER,
    "whole number": NUMBER,
    "string": TEXT,
    "boolean": BOOLEAN,
    "date": DATE,
    "date and time": MOMENT,
    "days and time duration": DAYS,
    "years and months duration": MONTHS,
    "time": OTHER,
    "list": OTHER,
    "context": OTHER,
    "function": OTHER,
}
_PATH = re.compile(r"[A-Za-z_]\w*(\s*\.\s*[A-Za-z_]\w*)*", re.ASCII)


class Kind(NamedTuple):
    """What the values of a column or an output are."""

    sort: str | None = None  #: see :mod:`.literals`; None is not known
    #: Whether a value of another type is never compared: it is a failure before.
    certain: bool = False
    whole: bool = False  #: whole numbers
    allowed: tuple[str, ...] = ()  #: unary tests, each of which every value passes
    name: str = ""  #: of the type, for people

    def takes(self, value: Literal) -> bool:
        """Say whether a literal can be one of the values, as far as types go."""
        if self.sort is None:
            return True
        if value.sort != self.sort:
            return value.value is None
        return not self.whole or isinstance(value.value, int)


def kind_of(wanted: Type | None, scope: Scope, *, certain: bool) -> Kind:
    """Return what values of a type are."""
    found = scope.behind(wanted)
    if found is None:
        return Kind()
    sort = _SORTS.get(found.base or "")
    if found.list is not None or found.fields is not None or found.range is not None:
        sort = OTHER
    allowed = (found.allowed.text,) if found.allowed is not None and sort != OTHER else ()
    known = certain and sort is not None
    return Kind(sort, known, found.base == "whole number", allowed, found.base or "")


def kind_of_input(column: model.Input, scope: Scope) -> Kind:
    """Return what the values of a column are.

    A type that the model declares is certain. The type that stands at the column is asked only of
    variables that the model does not know; elsewhere modelers write ``string`` without meaning it.
    """
    kind = _kind_of_input(column, scope)
    if column.allowed is None or column.allowed.language is not None:
        return kind
    return kind._replace(allowed=(*kind.allowed, column.allowed.text))


def _kind_of_input(column: model.Input, scope: Scope) -> Kind:
    text = column.text
    if text.language is not None:
        return Kind()
    declared, type = scope.of_path(text.text)
    if type is not None:
        return kind_of(type, scope, certain=True)
    if not declared and _PATH.fullmatch(text.text):
        return kind_of(column.type, scope, certain=True)
    claimed = kind_of(column.type, scope, certain=False)
    return Kind() if claimed.sort == TEXT else claimed._replace(allowed=())


def kind_of_output(output: model.Output, scope: Scope) -> Kind:
    """Return what the values of an output are; the output values are not among ``allowed``."""
    return kind_of(output.type, scope, certain=True)


def as_written(value: Literal, kind: Kind) -> str:
    """Return how a value is written that is of another type; where nobody can tell, what is."""
    inner = value.value if value.sort == TEXT else value.text
    calls = (f'{called}("{inner}")' for called in ("date", "date and time", "duration"))
    for text in (inner, f'"{value.text}"', *calls):
        found = literal(text)
        if found is not None and found.sort == kind.sort and kind.takes(found):
            return text
    return f"a {kind.name}"
