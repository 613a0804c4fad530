"""The names that a text of a decision sees, with what is known about their types.

Where a model gives no type, it is that of the logic: the outputs of a table, the entries of a
context. A type that is None is not known.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.decisions import model
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.model import Type, behind
from engine.bpmn.expressions.sandbox.syntax import Names

#: How far types are followed into each other, and how many names are; they may go in circles.
_DEEPEST, _MOST_NAMES = 6, 2_000
#: Entries of a context that are looked at one after the other: each sees names of its own.
MOST_ENTRIES = 300


class Scope(Mapping[str, Type | None]):
    """Names and their types; what is around a text."""

    def __init__(self, types: Mapping[str, Type], names: Mapping[str, Type | None]) -> None:
        """``types`` are those that the model names, by key."""
        self.types, self._names = types, dict(names)
        self._left = 0

    def __getitem__(self, name: str) -> Type | None:
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def with_names(self, names: Mapping[str, Type | None]) -> Scope:
        """Return the scope of what is inside and sees these as well."""
        return Scope(self.types, {**self._names, **names}) if names else self

    @functools.cached_property
    def shape(self) -> Names:
        """The names, each with those inside of it, as the sandbox is told them."""
        self._left = _MOST_NAMES
        return {name: self._shape(type, 0) for name, type in self._names.items()}

    def _shape(self, wanted: Type | None, depth: int) -> Any:
        found = self.behind(wanted)
        self._left -= 1
        if found is None or depth > _DEEPEST or self._left < 0:
            return 0
        if found.list is not None:
            return self._shape(found.list, depth + 1)
        fields = found.fields or {}
        return {name: self._shape(type, depth + 1) for name, type in fields.items()} or 0

    def behind(self, wanted: Type | None) -> Type | None:
        """Return the type that a reference means; its own allowed values count before others."""
        return behind(wanted, self.types)

    def fields(self, wanted: Type | None) -> Mapping[str, Type | None]:
        """Return the types of the parts of a context."""
        found = self.behind(wanted)
        return dict(found.fields) if found is not None and found.fields is not None else {}

    def item(self, wanted: Type | None) -> Type | None:
        """Return the type of the items of a list."""
        found = self.behind(wanted)
        return found.list if found is not None else None

    def of_path(self, text: str) -> tuple[bool, Type | None]:
        """Return whether a text is a name that is known here or a part of one, and its type."""
        names: Mapping[str, Type | None] = self
        rest = text.strip()
        while True:
            if rest in names:
                return True, self.behind(names[rest])
            starts = [name for name in names if rest.startswith(f"{name}.")]
            if not starts:
                return names is not self, None
            name = max(starts, key=len)
            names, rest = self.fields(names[name]), rest[len(name) + 1 :].strip()


def scope_of(node: model.Node, plan: model.Plan, known: dict[str, Type | None]) -> Scope:
    """Return what the logic of an element sees: what it requires.

    Args:
        node: the element.
        plan: where it is from.
        known: types of elements by key, which are added.
    """
    names: dict[str, Type | None] = {}
    imported: dict[str, dict[str, Type]] = {}
    if isinstance(node, model.DecisionNode | model.Knowledge):
        for path, key in node.needs:
            if key not in known:
                known[key] = type_of(plan.elements[key], plan)
            if len(path) == 1:
                names[path[0]] = known[key]
            else:
                imported.setdefault(path[0], {})[path[1]] = known[key] or Type(base="any")
    names.update({prefix: Type(fields=parts) for prefix, parts in imported.items()})
    return Scope(plan.types, names)


def type_of(node: model.Node, plan: model.Plan) -> Type | None:
    """Return the type of an element as it is known to others."""
    if isinstance(node, model.Knowledge | model.Service):
        return Type(function=((), None))
    if node.type is not None or isinstance(node, model.InputData):
        return node.type
    return inferred(node.logic, Scope(plan.types, {}))


def inferred(logic: model.Boxed | None, scope: Scope) -> Type | None:
    """Return the type of what an expression gives, as far as that can be told without running."""
    if logic is None or logic.type is not None:
        return logic.type if logic is not None else None
    if isinstance(logic, model.Table):
        return _of_table(logic)
    if isinstance(logic, model.Context):
        return _of_context(logic, scope)
    if isinstance(logic, model.Relation):
        anything = Type(base="any")
        fields = {column.name: column.type or anything for column in logic.columns}
        return Type(list=Type(fields=fields))
    if isinstance(logic, model.Function):
        return Type(function=((), None))
    if isinstance(logic, model.Literal) and logic.text is not None:
        return scope.of_path(logic.text.text)[1]
    if isinstance(logic, model.Filter):
        return inferred(logic.in_, scope)
    return None


def _of_table(table: model.Table) -> Type | None:
    anything = Type(base="any")
    if table.aggregation is not None:
        counts = table.aggregation == "COUNT"
        return Type(base="number") if counts else table.outputs[0].type
    if len(table.outputs) == 1:
        one = table.outputs[0].type
    else:
        one = Type(fields={output.name: output.type or anything for output in table.outputs})
    return Type(list=one or anything) if HitPolicy(table.policy).gives_several else one


def _of_context(context: model.Context, scope: Scope) -> Type | None:
    fields: dict[str, Type] = {}
    for entry in context.entries:
        inner = scope.with_names(fields) if len(fields) < MOST_ENTRIES else scope
        found = entry.type or inferred(entry.value, inner)
        if entry.name is None:
            return found
        fields[entry.name] = found or Type(base="any")
    return Type(fields=fields)
