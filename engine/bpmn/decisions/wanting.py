"""The values that have to be given to a decision, as a form asks for them: one a field."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from engine.bpmn.decisions import model
from engine.bpmn.decisions.deciding import Decisions
from engine.bpmn.decisions.linking import behind
from engine.bpmn.decisions.model import texts_of
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression
from engine.decisions import WantedInput

#: A variable, or a field of one.
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
#: Constants as a type lists them: ``"low", "high"``.
_TEXTS = re.compile(r'\s*"[^"\\]*"(\s*,\s*"[^"\\]*")*\s*')
#: Fields inside each other, and of one input. What has more is asked for as a whole.
_DEEPEST, _MOST_FIELDS = 4, 24


class _EndlessError(Exception):
    """A context holds itself."""


def wanted_by(decisions: Decisions, key: str) -> Iterable[WantedInput]:
    """Return the declared inputs, and then the other variables that the logic looks at."""
    plan = decisions.linked.plan
    around = {key, *behind(plan, key)}
    nodes = [node for each, node in plan.elements.items() if each in around]
    found: dict[str, WantedInput] = {}
    for node in nodes:
        if isinstance(node, model.InputData):
            for each in _leaves((node.name,), node.type, plan.types):
                found[each.name] = replace(each, elements=(node.id,))
    decided = [node for node in nodes if isinstance(node, model.DecisionNode)]
    known = {node.name for node in plan.elements.values()}
    known |= {path[0] for node in decided for path, _ in node.needs}
    columns = [
        column
        for node in decided
        for column in (node.logic.inputs if isinstance(node.logic, model.Table) else ())
    ]
    for column in columns:
        path = column.text.text
        if _PATH.fullmatch(path) and path.partition(".")[0] not in known:
            whole = tuple(path.split("."))
            wanted = _wanted(whole, column.type, plan.types, column.allowed)
            found.setdefault(path, replace(wanted, label=column.label))
    _label(found, columns)
    for node in decided:
        roots = {name.partition(".")[0] for name in found}
        for name in sorted(_reads(node.logic) - known - roots):
            found[name] = WantedInput(name, path=(name,), label=name)
    return found.values()


def _label(found: dict[str, WantedInput], columns: Iterable[model.Input]) -> None:
    """Name inputs as the columns do that show them, and keep where each is looked at."""
    for column in columns:
        wanted = found.get(column.text.text)
        if wanted is not None:
            label = column.label if wanted.label == wanted.name else wanted.label
            places = (column.text.element,) if column.text.element else ()
            found[wanted.name] = replace(wanted, label=label, elements=wanted.elements + places)


def _leaves(
    path: tuple[str, ...], type: model.Type | None, types: Mapping[str, model.Type]
) -> list[WantedInput]:
    """Return an input, or its fields where its type names them and they are not too many.

    One that holds itself, as the nodes of a tree do, is asked for as a whole.
    """
    try:
        fields = list(itertools.islice(_fields(path, type, types, ()), _MOST_FIELDS + 1))
    except _EndlessError:
        fields = []
    return fields if 0 < len(fields) <= _MOST_FIELDS else [_wanted(path, type, types)]


def _fields(
    path: tuple[str, ...],
    type: model.Type | None,
    types: Mapping[str, model.Type],
    around: tuple[int, ...],
) -> Iterator[WantedInput]:
    """Yield the leaves; ``around`` are the identities of the contexts that it is in."""
    inner = model.behind(type, types)
    if inner is None or not inner.fields or len(around) == _DEEPEST:
        yield _wanted(path, type, types)
        return
    if id(inner.fields) in around:
        raise _EndlessError
    for name, part in inner.fields.items():
        yield from _fields((*path, name), part, types, (*around, id(inner.fields)))


def _wanted(
    path: tuple[str, ...],
    type: model.Type | None,
    types: Mapping[str, model.Type],
    allowed: model.Text | None = None,
) -> WantedInput:
    inner = model.behind(type, types)
    limits = (allowed, inner.allowed if inner is not None else None)
    texts = (limit.text for limit in limits if limit is not None)
    listed = next((text for text in texts if _TEXTS.fullmatch(text)), "")
    is_list = inner is not None and inner.list is not None
    choices = json.loads(f"[{listed}]") if listed and not is_list else []
    name = ".".join(path)
    label = f"{path[0]}: {', '.join(path[1:])}" if path[1:] else name
    return WantedInput(name, type_text(inner), tuple(choices), path, label)


def type_text(type: model.Type | None) -> str:
    """Return what people call a type; empty for any."""
    if type is None or type.base == "any":
        return ""
    if type.ref is not None:
        return type.ref.partition(":")[2]
    if type.list is not None:
        inner = type_text(type.list)
        return f"list of {inner}" if inner else "list"
    if type.fields is not None:
        return "context"
    if type.function is not None:
        return "function"
    return "range" if type.range is not None else type.base or ""


def _reads(logic: model.Boxed | None) -> set[str]:
    """Return the variables that an expression, or the inputs of a table, name."""
    if isinstance(logic, model.Table):
        texts = [column.text for column in logic.inputs]
    else:
        texts = [*texts_of(logic)] if isinstance(logic, model.Literal) else []
    found: set[str] = set()
    for text in texts:
        with contextlib.suppress(ExpressionError):  # its problem says what is wrong
            language = text.language or "feel"
            found |= compile_expression(text.text, element=text.element, language=language).reads
    return {name for name in found if name.isidentifier() and not name.startswith("_")}


__all__ = ["type_text", "wanted_by"]
