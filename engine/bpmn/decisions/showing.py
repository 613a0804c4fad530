"""A decision as people see it: its inputs, what it requires, and its logic as boxes in boxes."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Mapping

from engine.bpmn.decisions import model
from engine.bpmn.decisions.deciding import Decisions
from engine.bpmn.decisions.dmn import children
from engine.bpmn.decisions.linking import behind, required
from engine.bpmn.decisions.model import texts_of
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression
from engine.decisions import Box, Column, DecisionView, Grid, Required, Row, WantedInput

_KINDS = {
    model.DecisionNode: "decision",
    model.Service: "service",
    model.Knowledge: "knowledge",
    model.InputData: "input",
}
#: A variable, or a field of one.
_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
#: Constants as a type lists them: ``"low", "high"``.
_TEXTS = re.compile(r'\s*"[^"\\]*"(\s*,\s*"[^"\\]*")*\s*')


def view(decisions: Decisions, key: str) -> DecisionView:
    """Return what there is to see of the element ``key``."""
    elements = decisions.linked.plan.elements
    node = elements[key]
    index, _, id = key.partition("#")
    part = decisions.linked.files[int(index)].parts[id]
    questions = (text for each in children(part.element, "question") for text in each.itertext())
    return DecisionView(
        key=node.id,
        name=node.name,
        kind=_KINDS[type(node)],
        question=" ".join("".join(map(str, questions)).split()),
        inputs=tuple(_inputs(decisions, key)),
        requires=tuple(
            Required(elements[each].id, elements[each].name, _KINDS[type(elements[each])])
            for each in required(node)
            if not isinstance(elements[each], model.InputData)
        ),
        logic=box(node.logic, decisions.linked.plan.types)
        if isinstance(node, model.DecisionNode | model.Knowledge)
        else None,
    )


def _inputs(decisions: Decisions, key: str) -> Iterable[WantedInput]:
    """Yield the declared inputs, and then the other variables that the logic looks at."""
    plan = decisions.linked.plan
    around = {key, *behind(plan, key)}
    nodes = [node for each, node in plan.elements.items() if each in around]
    found: dict[str, WantedInput] = {}
    for node in nodes:
        if isinstance(node, model.InputData):
            found[node.name] = _wanted(node.name, node.type, plan.types)
    decided = [node for node in nodes if isinstance(node, model.DecisionNode)]
    known = {node.name for node in plan.elements.values()}
    known |= {path[0] for node in decided for path, _ in node.needs}
    for node in decided:
        for column in node.logic.inputs if isinstance(node.logic, model.Table) else ():
            path = column.text.text
            if _PATH.fullmatch(path) and path.partition(".")[0] not in known:
                found.setdefault(path, _wanted(path, column.type, plan.types, column.allowed))
        roots = {name.partition(".")[0] for name in found}
        for name in sorted(_reads(node.logic) - known - roots):
            found[name] = WantedInput(name)
    return found.values()


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


def _wanted(
    name: str,
    type: model.Type | None,
    types: Mapping[str, model.Type],
    allowed: model.Text | None = None,
) -> WantedInput:
    hops, inner = 0, type
    texts = [allowed.text] if allowed is not None else []
    while inner is not None and hops < 50:
        texts += [inner.allowed.text] if inner.allowed is not None else []
        if inner.ref is None:
            break
        inner, hops = types.get(inner.ref), hops + 1
    listed = next((text for text in texts if _TEXTS.fullmatch(text)), "")
    choices = json.loads(f"[{listed}]") if listed else []
    return WantedInput(name, type_text(inner), tuple(choices))


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


def box(logic: model.Boxed | None, types: Mapping[str, model.Type], label: str = "") -> Box:
    """Return an expression as it is drawn; nested as deep as the file is."""
    if logic is None:
        return Box("nothing", label)
    if isinstance(logic, model.Literal):
        return Box("literal", label, logic.text.text if logic.text is not None else "")
    if isinstance(logic, model.Table):
        return Box("table", label, grid=_grid(logic))
    if isinstance(logic, model.Relation):
        return Box("relation", label, inside=tuple(_relation(logic, types)))
    kind = str(logic.__struct_config__.tag)
    inside = (box(each, types, name) for name, each in _parts(logic))
    return Box(kind, label, _says(logic), inside=tuple(inside))


def _says(logic: model.Boxed) -> str:
    if isinstance(logic, model.Function):
        given = ", ".join(
            f"{each.name}: {type_text(each.type)}" if type_text(each.type) else each.name
            for each in logic.parameters
        )
        return f"({given})"
    return logic.variable if isinstance(logic, model.For | model.Some | model.Every) else ""


def _parts(logic: model.Boxed) -> Iterable[tuple[str, model.Boxed | None]]:
    if isinstance(logic, model.Context):
        return [(each.name or "result", each.value) for each in logic.entries]
    if isinstance(logic, model.Invocation):
        return [("function", logic.called), *((each.name, each.value) for each in logic.bindings)]
    if isinstance(logic, model.Function):
        return [("", logic.body)]
    if isinstance(logic, model.ListOf):
        return [(str(number), each) for number, each in enumerate(logic.items, start=1)]
    if isinstance(logic, model.Conditional):
        return [("if", logic.if_), ("then", logic.then), ("else", logic.else_)]
    if isinstance(logic, model.Filter):
        return [("in", logic.in_), ("match", logic.match)]
    if isinstance(logic, model.For):
        return [("in", logic.in_), ("return", logic.return_)]
    if isinstance(logic, model.Some | model.Every):
        return [("in", logic.in_), ("satisfies", logic.satisfies)]
    return ()


def _relation(logic: model.Relation, types: Mapping[str, model.Type]) -> Iterable[Box]:
    for number, row in enumerate(logic.rows, start=1):
        cells = (*row, *(None,) * len(logic.columns))
        named = zip(logic.columns, cells, strict=False)
        inside = (box(cell, types, column.name) for column, cell in named)
        yield Box("row", str(number), inside=tuple(inside))


def _grid(table: model.Table) -> Grid:
    defaults = tuple(_text(each.default) for each in table.outputs)
    return Grid(
        policy=table.policy,
        aggregation=table.aggregation or "",
        inputs=tuple(
            Column(
                each.label,
                each.text.text if each.text.text != each.label else "",
                type_text(each.type),
                _text(each.allowed),
            )
            for each in table.inputs
        ),
        outputs=tuple(
            Column(each.name, type=type_text(each.type), values=_text(each.values))
            for each in table.outputs
        ),
        rows=tuple(
            Row(
                each.row,
                tuple(map(_text, each.tests)),
                tuple(map(_text, each.outputs)),
                each.annotations,
            )
            for each in table.rules
        ),
        defaults=defaults if any(defaults) else (),
    )


def _text(text: model.Text | None) -> str:
    return text.text if text is not None else ""


__all__ = ["box", "type_text", "view"]
