"""A decision as people see it: its inputs, what it requires, and its logic as boxes in boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.bpmn.decisions import model
from engine.bpmn.decisions.deciding import Decisions
from engine.bpmn.decisions.dmn import children
from engine.bpmn.decisions.linking import behind, required
from engine.bpmn.decisions.wanting import type_text, wanted_by
from engine.decisions import Box, Column, DecisionView, Grid, KnowledgeView, Required, Row

_KINDS = {
    model.DecisionNode: "decision",
    model.Service: "service",
    model.Knowledge: "knowledge",
    model.InputData: "input",
}
#: Lines of the tree of what a decision requires, and those inside each other.
_MOST_LINES, _DEEPEST = 200, 12


def view(decisions: Decisions, key: str) -> DecisionView:
    """Return what there is to see of the element ``key``."""
    elements = decisions.linked.plan.elements
    node = elements[key]
    index, _, id = key.partition("#")
    part = decisions.linked.files[int(index)].parts[id]
    questions = (text for each in children(part.element, "question") for text in each.itertext())
    needed = behind(decisions.linked.plan, key)
    around = [each for each in elements if each in needed]
    types = decisions.linked.plan.types
    return DecisionView(
        key=node.id,
        name=node.name,
        kind=_KINDS[type(node)],
        question=" ".join("".join(map(str, questions)).split()),
        inputs=tuple(wanted_by(decisions, key)),
        requires=tuple(
            _required(elements[each])
            for each in required(node)
            if not isinstance(elements[each], model.InputData)
        ),
        logic=_logic(node, types),
        everything=tuple(_Requirements(elements).of(key)),
        knowledge=tuple(
            KnowledgeView(known.id, known.name, _logic(known, types))
            for known in map(elements.__getitem__, around)
            if isinstance(known, model.Knowledge)
        ),
        names={elements[each].id: elements[each].name for each in (*around, key)},
    )


def _logic(node: model.Node, types: Mapping[str, model.Type]) -> Box | None:
    if not isinstance(node, model.DecisionNode | model.Knowledge):
        return None
    return box(node.logic, types, result=node.name)


def _required(node: model.Node, inside: Iterable[Required] = ()) -> Required:
    return Required(node.id, node.name, _KINDS[type(node)], type_text(node.type), tuple(inside))


class _Requirements:
    """What an element requires, as a tree in which each is opened once."""

    def __init__(self, elements: Mapping[str, model.Node]) -> None:
        self._elements = elements
        self._opened: set[str] = set()
        self._left = _MOST_LINES

    def of(self, key: str, depth: int = 1) -> Iterator[Required]:
        """Yield what ``key`` requires directly, each with what is behind it."""
        self._opened.add(key)
        for each in dict.fromkeys(required(self._elements[key])):
            if self._left == 0:
                return
            self._left -= 1
            closed = each in self._opened or depth == _DEEPEST
            inside = () if closed else self.of(each, depth + 1)
            yield _required(self._elements[each], inside)


def box(
    logic: model.Boxed | None, types: Mapping[str, model.Type], label: str = "", result: str = ""
) -> Box:
    """Return an expression as it is drawn; nested as deep as the file is.

    ``result`` is what the only output of a table is called that has no name of its own.
    """
    if logic is None:
        return Box("nothing", label)
    if isinstance(logic, model.Literal):
        return Box("literal", label, logic.text.text if logic.text is not None else "")
    if isinstance(logic, model.Table):
        return Box("table", label, grid=_grid(logic, result or label))
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


def _grid(table: model.Table, result: str) -> Grid:
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
            Column(
                each.label or each.name or result,
                each.name if each.label not in ("", each.name) else "",
                type_text(each.type),
                _text(each.values),
            )
            for each in table.outputs
        ),
        rows=tuple(
            Row(
                each.row,
                tuple(map(_text, each.tests)),
                tuple(map(_text, each.outputs)),
                each.annotations if any(each.annotations) else (),
                (each.id, *_elements(each.tests), *_elements(each.outputs)),
            )
            for each in table.rules
        ),
        defaults=defaults if any(defaults) else (),
    )


def _elements(texts: Iterable[model.Text | None]) -> Iterator[str]:
    return (each.element for each in texts if each is not None and each.element is not None)


def _text(text: model.Text | None) -> str:
    return text.text if text is not None else ""


__all__ = ["box", "view"]
