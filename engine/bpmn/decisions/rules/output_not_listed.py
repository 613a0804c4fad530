"""An output is not among the output values of its column, or the allowed values of its type.

Who reads the result does not expect it; under PRIORITY and OUTPUT ORDER it comes last, and a type
refuses it. Correct the value, often only its spelling, or add it to the list.

Source: DMN 1.5, 7.3.3 (allowed values) and 8.2.5 (output values).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, Sheet, spot_of
from engine.bpmn.decisions.analysis.kinds import kind_of
from engine.bpmn.decisions.analysis.listed import Listed
from engine.bpmn.decisions.analysis.literals import literal
from engine.bpmn.decisions.model import Text
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find outputs and defaults that are written down and not listed."""
    for sheet in file.tables:
        _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    kinds = [kind_of(output.type, sheet.scope, certain=True) for output in sheet.table.outputs]
    listed = [
        Listed((*kind.allowed, *((output.values.text,) if output.values is not None else ())))
        for kind, output in zip(kinds, sheet.table.outputs, strict=True)
    ]
    texts = [(f"Row {row + 1}: the output", column, text) for row, column, text in sheet.entries()]
    texts += [
        ("The default output", column, output.default)
        for column, output in enumerate(sheet.table.outputs)
        if output.default is not None
    ]
    for what, column, text in texts:
        value = literal(text.text) if text.language is None else None
        if value is not None and kinds[column].takes(value) and not listed[column].may_have(value):
            _tell(what, text, listed[column], findings)


def _tell(what: str, text: Text, listed: Listed, findings: Findings) -> None:
    message = f"{what} {text.text} is not among the values of its column."
    cure = f"Use one of {listed}, or add the value there."
    findings.add(spot_of(text).problem(findings.rule, Severity.WARNING, message, cure))
