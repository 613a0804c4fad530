"""All texts of a file of decisions: what each is, and what is known where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.scopes import MOST_ENTRIES, Scope, inferred
from engine.bpmn.decisions.dmn import entry_text, tag_of
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.model import Text
from engine.bpmn.expressions.sandbox.syntax import Kind
from engine.bpmn.xml import Element, identity, line_of

_ORDERED = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


class Occurrence(NamedTuple):
    """A text at its place."""

    text: Text
    kind: Kind
    scope: Scope
    #: Whether it is a list without its brackets, as output values are.
    listed: bool = False
    #: Where in a table it stands, for people: ``"Row 2, Tier"``; elsewhere nothing.
    at: str = ""
    #: The column whose values it tests or gives; None for what is computed.
    column: model.Input | model.Output | None = None


class Logic(NamedTuple):
    """A table or a literal at its place."""

    boxed: model.Boxed
    scope: Scope


def walk(logic: model.Boxed | None, scope: Scope) -> Iterator[Logic]:
    """Yield an expression and all those inside of it, each with what it sees."""
    if logic is not None:
        yield Logic(logic, scope)
        for inner, seen in _INSIDE.get(type(logic), _nothing)(logic, scope):
            yield from walk(inner, seen)


def texts_of(found: Logic) -> Iterator[Occurrence]:
    """Yield the texts that stand directly in an expression."""
    boxed, scope = found
    if isinstance(boxed, model.Literal) and boxed.text is not None:
        yield Occurrence(boxed.text, "expression", scope)
    if isinstance(boxed, model.Table):
        yield from _of_table(boxed, scope)


def allowed_values(root: Element) -> Iterator[Text]:
    """Yield the tests that types of a document ask their values to pass."""
    for element in root.iter():
        if tag_of(element) in ("allowedValues", "typeConstraint"):
            text = entry_text(element)
            if text:
                yield Text(text, identity(element), line_of(element))


def _of_table(table: model.Table, scope: Scope) -> Iterator[Occurrence]:
    for column in table.inputs:
        at = f"Input {column.label}"
        yield Occurrence(column.text, "expression", scope, at=at)
        if column.allowed is not None:
            yield Occurrence(column.allowed, "tests", scope, at=f"{at}, values", column=column)
    ordered = table.policy in _ORDERED
    kind: Kind = "expression" if ordered else "tests"
    for output in table.outputs:
        at = f"Output {output.label or output.name}".strip()
        if output.values is not None:
            yield Occurrence(output.values, kind, scope, ordered, f"{at}, values", output)
        if output.default is not None:
            yield Occurrence(output.default, "expression", scope, False, f"{at}, default", output)
    for row, rule in enumerate(table.rules):
        yield from _of_row(row, rule, table, scope)


def _of_row(row: int, rule: model.Rule, table: model.Table, scope: Scope) -> Iterator[Occurrence]:
    for column, test in zip(table.inputs, rule.tests, strict=True):
        if test is not None:
            at = f"Row {row + 1}, {column.label}"
            yield Occurrence(test, "tests", scope, at=at, column=column)
    for output, text in zip(table.outputs, rule.outputs, strict=True):
        if text is not None:
            at = f"Row {row + 1}, {output.label or output.name or 'output'}"
            yield Occurrence(text, "expression", scope, at=at, column=output)


_Inside = Iterator[tuple[model.Boxed | None, Scope]]


def _nothing(boxed: Any, scope: Scope) -> _Inside:
    return iter(())


def _context(boxed: model.Context, scope: Scope) -> _Inside:
    if len(boxed.entries) > MOST_ENTRIES:
        # Each may see all others here: it is not looked at whether they come before.
        names = {entry.name: entry.type for entry in boxed.entries if entry.name is not None}
        scope = scope.with_names(names)
        yield from ((entry.value, scope) for entry in boxed.entries)
        return
    for entry in boxed.entries:
        yield entry.value, scope
        if entry.name is not None:
            scope = scope.with_names({entry.name: entry.type or inferred(entry.value, scope)})


def _invocation(boxed: model.Invocation, scope: Scope) -> _Inside:
    yield boxed.called, scope
    yield from ((binding.value, scope) for binding in boxed.bindings)


def _function(boxed: model.Function, scope: Scope) -> _Inside:
    if boxed.language is None:
        yield boxed.body, scope.with_names({each.name: each.type for each in boxed.parameters})


def _list(boxed: model.ListOf, scope: Scope) -> _Inside:
    yield from ((item, scope) for item in boxed.items)


def _relation(boxed: model.Relation, scope: Scope) -> _Inside:
    yield from ((cell, scope) for row in boxed.rows for cell in row)


def _conditional(boxed: model.Conditional, scope: Scope) -> _Inside:
    yield from ((part, scope) for part in (boxed.if_, boxed.then, boxed.else_))


def _filter(boxed: model.Filter, scope: Scope) -> _Inside:
    yield boxed.in_, scope
    item = scope.item(inferred(boxed.in_, scope))
    yield boxed.match, scope.with_names({**scope.fields(item), "item": item})


def _for(boxed: model.For, scope: Scope) -> _Inside:
    yield boxed.in_, scope
    item = scope.item(inferred(boxed.in_, scope))
    yield boxed.return_, scope.with_names({boxed.variable: item, "partial": None})


def _quantified(boxed: model.Some | model.Every, scope: Scope) -> _Inside:
    yield boxed.in_, scope
    item = scope.item(inferred(boxed.in_, scope))
    yield boxed.satisfies, scope.with_names({boxed.variable: item})


_INSIDE: Mapping[type, Callable[[Any, Scope], _Inside]] = {
    model.Context: _context,
    model.Invocation: _invocation,
    model.Function: _function,
    model.ListOf: _list,
    model.Relation: _relation,
    model.Conditional: _conditional,
    model.Filter: _filter,
    model.For: _for,
    model.Some: _quantified,
    model.Every: _quantified,
}
