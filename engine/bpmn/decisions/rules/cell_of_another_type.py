"""A cell compares its column with a value of another type.

It can never fit: a number is no text, whatever it looks like. The type is that of the input data or
decision that the column names; where the model declares none, it is the type of the column. Write
the value as the type has it (`5` and not `"5"`), or correct the type.

Source: DMN 1.5, 8.2.4 and 10.3.2.13 (comparisons).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.cells import Same, Test
from engine.bpmn.decisions.analysis.examined import Examined, Sheet, spot_of
from engine.bpmn.decisions.analysis.kinds import OTHER, Kind, as_written
from engine.bpmn.decisions.analysis.literals import Literal
from engine.bpmn.decisions.model import Text
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find cells of another type; a warning where another test of the cell can fit."""
    for sheet in file.tables:
        _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    for row, column, text in sheet.cells():
        kind = sheet.kinds[column]
        if kind.sort is None or kind.sort == OTHER:
            continue
        wrong, tests = _misfits(sheet, text, kind)
        if not wrong:
            continue
        label = sheet.table.inputs[column].label
        message = f"Row {row + 1}: '{label}' is a {kind.name}, so it never is {wrong[0].text}."
        right = as_written(wrong[0], kind)
        cure = f"Write {right}, or correct the type of the input."
        sure = kind.certain and len(wrong) == tests
        severity = Severity.ERROR if sure else Severity.WARNING
        findings.add(spot_of(text).problem(findings.rule, severity, message, cure))


def _misfits(sheet: Sheet, text: Text, kind: Kind) -> tuple[list[Literal], int]:
    """Return the literals of a cell that are of another type, and how many tests it has."""
    cell = sheet.cell(text.text) if text.language is None else None
    if cell is None:
        return [], 0
    found = [value for test in cell.tests if (value := _misfit(test, kind)) is not None]
    return found, len(cell.tests)


def _misfit(test: Test, kind: Kind) -> Literal | None:
    if isinstance(test, Same):
        return None if kind.takes(test.value) else test.value
    # Whole numbers may be compared with others.
    end = test.low or test.high
    return end if end is not None and end.sort != kind.sort else None
