"""What a DMN file holds, as the sandbox is given it: one class a kind of expression.

Each class is encoded as JSON with its ``kind`` and read by ``webapp/frontend/src/feel``. Texts are
kept as they were written; what they mean is found where they are evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias, Union

import msgspec


class Text(msgspec.Struct, frozen=True, omit_defaults=True):
    """An expression, or the tests of a cell, as written."""

    text: str
    element: str | None = None  #: id of the element that holds it
    line: int | None = None  #: 1-based, in the file
    language: str | None = None  #: where it is another one than FEEL


class Allowed(msgspec.Struct, frozen=True, omit_defaults=True):
    """Unary tests that the values of a type have to pass."""

    text: str
    whole: bool = False  #: True tests a list as one value, False each of its items


class Type(msgspec.Struct, frozen=True, omit_defaults=True):
    """A type; exactly one of the first six says which."""

    base: str | None = None  #: name of a type of FEEL, or ``"whole number"``
    list: Type | None = None
    fields: dict[str, Type] | None = None
    function: tuple[tuple[Type | None, ...], Type | None] | None = None  #: parameters and result
    range: Type | None = None
    ref: str | None = None  #: key of a type that the file names
    allowed: Allowed | None = None


class Types(dict[str, Type]):
    """The types that a plan names, by key. What is made of them is kept here: files name many."""

    def __init__(self, named: Mapping[str, Type]) -> None:
        """Keep ``named``; they do not change any more."""
        super().__init__(named)
        #: By the identity of the fields of a context; see :mod:`.plain_types`.
        self.checks: dict[int, Any] = {}


#: References that are followed from one type to the next, as many as in the sandbox.
MOST_REFERENCES = 51


def behind(wanted: Type | None, types: Mapping[str, Type]) -> Type | None:
    """Return the type that a reference means; one that goes in circles, or to nothing, is any.

    Of the allowed values on the way the first count, as they stand nearest to the value.

    Args:
        wanted: any type; one that is no reference is returned as it is.
        types: those that a plan names, by key.
    """
    found, followed = wanted, 0
    while found is not None and found.ref is not None:
        followed += 1
        if followed > MOST_REFERENCES:
            return None
        meant, allowed = types.get(found.ref), found.allowed
        if meant is not None and allowed is not None:
            meant = msgspec.structs.replace(meant, allowed=allowed)
        found = meant
    return found


class _Boxed(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Any boxed expression."""

    id: str | None = None
    type: Type | None = None  #: None: any


class Literal(_Boxed, frozen=True, tag="literal"):
    """A text."""

    text: Text | None  #: None: nobody has written one yet


class Input(msgspec.Struct, frozen=True):
    """A column on the input side of a table."""

    label: str
    text: Text
    type: Type | None
    allowed: Text | None  #: tests that its values have to pass
    variable: str = "cellInput"  #: what cells may call the value: Camunda 7's ``inputVariable``


class Output(msgspec.Struct, frozen=True):
    """A column on the output side of a table."""

    name: str
    type: Type | None
    values: Text | None  #: a list, most important first
    default: Text | None  #: when no rule fits
    label: str = ""  #: what people call it; results are known by its name


class Rule(msgspec.Struct, frozen=True):
    """A row of a table. A test that is None passes any value, an output that is None is null."""

    id: str
    row: int  #: 1-based
    tests: tuple[Text | None, ...]
    outputs: tuple[Text | None, ...]
    annotations: tuple[str, ...] = ()


class Table(_Boxed, frozen=True, tag="table"):
    """A decision table."""

    policy: str
    aggregation: str | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


class Entry(msgspec.Struct, frozen=True):
    """An entry of a context; without a name it is the result of the context."""

    name: str | None
    type: Type | None
    value: Boxed | None
    id: str | None = None


class Context(_Boxed, frozen=True, tag="context"):
    """Entries, each of which sees those before it."""

    entries: tuple[Entry, ...]


class Binding(msgspec.Struct, frozen=True):
    """What a parameter of an invoked function gets."""

    name: str
    value: Boxed | None


class Invocation(_Boxed, frozen=True, tag="invocation"):
    """The call of a function by the names of its parameters."""

    called: Boxed | None
    bindings: tuple[Binding, ...]


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of a function, or a column of a relation."""

    name: str
    type: Type | None


class Function(_Boxed, frozen=True, tag="function"):
    """A function with typed parameters; its type is that of what it gives."""

    parameters: tuple[Parameter, ...]
    body: Boxed | None
    language: str | None = None  #: "Java" or "PMML", which are not run; None is FEEL


class ListOf(_Boxed, frozen=True, tag="list"):
    """A list of expressions."""

    items: tuple[Boxed | None, ...]


class Relation(_Boxed, frozen=True, tag="relation"):
    """A list of contexts with the same names."""

    columns: tuple[Parameter, ...]
    rows: tuple[tuple[Boxed | None, ...], ...]


class Conditional(_Boxed, frozen=True, tag="conditional", rename={"if_": "if", "else_": "else"}):
    """One of two expressions."""

    if_: Boxed | None
    then: Boxed | None
    else_: Boxed | None


class Filter(_Boxed, frozen=True, tag="filter", rename={"in_": "in"}):
    """Those items of a list that match."""

    in_: Boxed | None
    match: Boxed | None


class For(_Boxed, frozen=True, tag="for", rename={"in_": "in", "return_": "return"}):
    """An expression for each item of a list."""

    variable: str
    in_: Boxed | None
    return_: Boxed | None


class Some(_Boxed, frozen=True, tag="some", rename={"in_": "in"}):
    """Whether one item of a list satisfies an expression."""

    variable: str
    in_: Boxed | None
    satisfies: Boxed | None


class Every(_Boxed, frozen=True, tag="every", rename={"in_": "in"}):
    """Whether all items of a list satisfy an expression."""

    variable: str
    in_: Boxed | None
    satisfies: Boxed | None


Boxed: TypeAlias = Union[  # noqa: UP007 - the names are not defined before it
    Literal,
    Table,
    Context,
    Invocation,
    Function,
    ListOf,
    Relation,
    Conditional,
    Filter,
    For,
    Some,
    Every,
]

#: The names on the way to what is required, and its key.
Need: TypeAlias = tuple[tuple[str, ...], str]


class _Node(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Anything in a model that has a value by its name."""

    id: str
    name: str
    type: Type | None


class InputData(_Node, frozen=True, tag="input"):
    """What has to be given."""

    prefixes: tuple[str, ...] = ()  #: names under which other files import its file


class DecisionNode(_Node, frozen=True, tag="decision"):
    """A decision."""

    needs: tuple[Need, ...]
    logic: Boxed | None


class Knowledge(_Node, frozen=True, tag="knowledge"):
    """A business knowledge model: a function by its name."""

    needs: tuple[Need, ...]
    logic: Function | None


class ServiceParameter(msgspec.Struct, frozen=True):
    """Input data, or a decision, whose value a service is given."""

    name: str
    key: str
    type: Type | None
    decision: bool


class Service(_Node, frozen=True, tag="service"):
    """A decision service: decisions as a function of their inputs."""

    parameters: tuple[ServiceParameter, ...]
    outputs: tuple[tuple[str, str], ...]  #: name and key of each output decision


Node: TypeAlias = InputData | DecisionNode | Knowledge | Service


class Plan(msgspec.Struct, frozen=True):
    """All that the sandbox is told: elements and types by their keys."""

    elements: dict[str, Node]
    types: Types


def texts_of(boxed: Boxed | None) -> Iterator[Text]:
    """Yield the texts of a table or an expression, cells among them."""
    if isinstance(boxed, Literal) and boxed.text is not None:
        yield boxed.text
    if isinstance(boxed, Table):
        for column in boxed.inputs:
            yield column.text
        for output in boxed.outputs:
            if output.default is not None:
                yield output.default
        for rule in boxed.rules:
            yield from (text for text in (*rule.tests, *rule.outputs) if text is not None)
