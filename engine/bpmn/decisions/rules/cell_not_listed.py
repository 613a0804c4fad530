"""A cell asks for a value that the input is not allowed to have.

The row never fits by it: values that are not allowed are refused before the table is asked. Correct
the value, often only its spelling, or add it to the input values or to the allowed values of the
type.

Source: DMN 1.5, 7.3.3 (allowed values) and 8.2.4 (input values).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.cells import Same
from engine.bpmn.decisions.analysis.examined import Examined, Sheet, spot_of
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find literals that are not among the values of their column."""
    for sheet in file.tables:
        _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    kinds = sheet.kinds
    listed = sheet.listed
    for row, column, text in sheet.cells():
        cell = sheet.cell(text.text) if text.language is None and kinds[column].allowed else None
        for test in cell.tests if cell is not None else ():
            if not isinstance(test, Same) or not kinds[column].takes(test.value):
                continue  # the type is told by another rule
            if not listed[column].may_have(test.value):
                label = sheet.table.inputs[column].label
                message = (
                    f"Row {row + 1}: {test.value.text} is not among the values of '{label}', so it "
                    "never fits."
                )
                cure = f"Use one of {listed[column]}, or add the value there."
                findings.add(spot_of(text).problem(findings.rule, Severity.WARNING, message, cure))
