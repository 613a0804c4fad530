"""A row of a table has cells that no value can fit.

Its range is empty (`(5..5)`), or two columns ask the same input for values that exclude each other.
Correct the cell, or remove the row.
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.cells import Same
from engine.bpmn.decisions.analysis.examined import Examined, Sheet
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find rows without values."""
    for sheet in file.tables:
        _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    grid = sheet.grid
    if grid is None:
        return
    for row, box in enumerate(grid.maybe):
        empty = next((place for place, mask in enumerate(box) if not mask), None)
        if empty is None or _is_told(sheet, row):
            continue
        message = f"Row {row + 1} never fits: there is no such '{grid.columns[empty].label}'."
        cure = "Correct the cell, or remove the row."
        findings.add(sheet.spot_of_row(row).problem(findings.rule, Severity.WARNING, message, cure))


def _is_told(sheet: Sheet, row: int) -> bool:
    """Say whether a cell is of another type or not listed, which other rules tell."""
    tests = sheet.table.rules[row].tests
    for kind, listed, text in zip(sheet.kinds, sheet.listed, tests, strict=True):
        cell = sheet.cell(text.text) if text is not None and text.language is None else None
        for test in cell.tests if cell is not None else ():
            if not isinstance(test, Same):
                end = test.low or test.high
                if end is not None and end.sort != kind.sort and kind.sort is not None:
                    return True
            elif not kind.takes(test.value) or not listed.may_have(test.value):
                return True
    return False
