"""Decision tables: the XML to :class:`~.model.Table`; what does not hold together is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.decisions import model
from engine.bpmn.decisions.dmn import child, children, entry_text, text_in
from engine.bpmn.decisions.hit_policies import AGGREGATORS, HitPolicy
from engine.bpmn.decisions.model import Text
from engine.bpmn.xml import Element, identity, line_of

if TYPE_CHECKING:
    from engine.bpmn.decisions.boxed import Reader

_ORDERED = (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER)


def read_table(reader: Reader, element: Element) -> model.Table:
    """Return the table; what is wrong with it goes to the findings of ``reader``."""
    inputs = tuple(_input(reader, column) for column in children(element, "input"))
    columns = children(element, "output")
    outputs = tuple(_output(reader, column, alone=len(columns) == 1) for column in columns)
    rules = tuple(
        _rule(reader, row, number, len(inputs), len(outputs))
        for number, row in enumerate(children(element, "rule"), start=1)
    )
    policy = _policy(reader, element)
    table = model.Table(
        id=element.get("id") or identity(element),
        type=reader.type(element),
        policy=policy,
        aggregation=_aggregation(reader, element, policy, len(outputs)),
        inputs=inputs,
        outputs=outputs,
        rules=rules,
    )
    _look_at(reader, element, table)
    return table


def _look_at(reader: Reader, element: Element, table: model.Table) -> None:
    """Find what the table lacks as a whole."""
    findings = reader.findings
    if not table.outputs:
        findings.error(element, "The table has no output.", "Add an output column.")
    names = [output.name for output in table.outputs]
    if len(set(names)) < len(names):
        findings.error(element, "Two outputs have the same name.", "Rename one of them.")
    if not table.rules:
        findings.draft(element, "The table has no rule.", "Add a row.")
    if table.policy in _ORDERED and not any(_has_order(output) for output in table.outputs):
        findings.error(
            element,
            f"The hit policy {table.policy} needs output values.",
            "List the values of an output, most important first.",
        )


def _has_order(output: model.Output) -> bool:
    return output.values is not None or (output.type is not None and output.type.ref is not None)


def _policy(reader: Reader, element: Element) -> str:
    text = (element.get("hitPolicy") or "UNIQUE").strip().upper().replace("_", " ")
    if text in set(HitPolicy):
        return text
    reader.findings.error(
        element, f"There is no hit policy '{text}'.", f"Use one of {', '.join(HitPolicy)}."
    )
    return HitPolicy.UNIQUE


def _aggregation(reader: Reader, element: Element, policy: str, outputs: int) -> str | None:
    name = (element.get("aggregation") or "").strip().upper()
    if not name or policy != HitPolicy.COLLECT:
        return None
    if name in AGGREGATORS and outputs == 1:
        return name
    reader.findings.error(
        element,
        f"The aggregation {name} does not work here.",
        f"Use one of {', '.join(AGGREGATORS)} on a table with one output.",
    )
    return None


def _input(reader: Reader, column: Element) -> model.Input:
    expression = child(column, "inputExpression")
    text = text_in(expression)
    label = column.get("label") or (text.text if text else "") or column.get("id") or "input"
    if text is None or expression is None:
        reader.findings.draft(
            column, f"The input '{label}' has no expression.", "Write a variable's name."
        )
        text = Text("null", identity(column), line_of(column))
    return model.Input(
        label,
        text,
        reader.type(expression),
        _values(column, "inputValues"),
        _variable(column) or "cellInput",
    )


def _variable(column: Element) -> str | None:
    """Return what Camunda 7 lets cells call the value, whatever the prefix of its namespace."""
    names = (name for name in column.attrib if str(name).endswith("}inputVariable"))
    return next((str(column.get(name)) for name in names), None)


def _output(reader: Reader, column: Element, *, alone: bool) -> model.Output:
    name = column.get("name") or ""
    if not name and not alone:
        reader.findings.error(
            column, "The output has no name.", "Name it: results are known by it."
        )
    return model.Output(
        name,
        reader.type(column),
        _values(column, "outputValues"),
        text_in(child(column, "defaultOutputEntry")),
        (column.get("label") or "").strip(),
    )


def _values(column: Element, tag: str) -> Text | None:
    element = child(column, tag)
    text = entry_text(element)
    return Text(text, identity(column), line_of(column)) if text not in ("", "-") else None


def _rule(reader: Reader, row: Element, number: int, inputs: int, outputs: int) -> model.Rule:
    cells = children(row, "inputEntry")
    entries = children(row, "outputEntry")
    if len(cells) != inputs or len(entries) != outputs:
        reader.findings.error(
            row,
            f"Row {number} has {len(cells)} inputs and {len(entries)} outputs; the table has "
            f"{inputs} and {outputs}.",
            "Give every row one entry for each column.",
        )
        cells, entries = cells[:inputs], entries[:outputs]
    return model.Rule(
        row.get("id") or f"row {number}",
        number,
        (*map(_cell, cells), *(None,) * (inputs - len(cells))),
        (*map(_cell, entries), *(None,) * (outputs - len(entries))),
        tuple(entry_text(each) for each in children(row, "annotationEntry")) or _note(row),
    )


def _note(row: Element) -> tuple[str, ...]:
    """Return the remark of a row as Camunda 7 writes it."""
    description = child(row, "description")
    text = (description.text or "").strip() if description is not None else ""
    return (text,) if text else ()


def _cell(entry: Element) -> Text | None:
    text = text_in(entry)
    return None if text is None or text.text == "-" else text
