"""Two rows of a table with the hit policy UNIQUE fit the same values.

The decision fails for these values: at most one row may fit. Make the rows exclude each other, or
use FIRST, where the topmost one counts.

The message names the rows and such values. Rows whose cells are no simple tests are left out.

Source: DMN 1.5, 8.2.8 (hit policy UNIQUE).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, Sheet
from engine.bpmn.decisions.analysis.words import case_in_words, rows_in_words
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.problems import Findings
from engine.definitions import Severity

#: Rows of a table that are told one by one.
_TOLD = 10


def check(file: Examined, findings: Findings) -> None:
    """Find rows that fit what a row above them fits."""
    for sheet in file.tables:
        if sheet.table.policy == HitPolicy.UNIQUE:
            _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    grid, found = sheet.grid, sheet.overlaps.found
    cure = "Make the rows exclude each other, or use the hit policy FIRST."
    for box, (*above, row) in found[:_TOLD]:
        case = case_in_words(grid.columns, box, grid.asked) if grid is not None else ""
        message = f"Rows {rows_in_words([above[0], row])} both fit when {case}."
        if len(above) > 1:
            message += f" Row {row + 1} overlaps rows {rows_in_words(above)}."
        findings.add(sheet.spot_of_row(row).problem(findings.rule, Severity.WARNING, message, cure))
    if len(found) > _TOLD:
        message = f"There are {len(found) - _TOLD} more rows that overlap others."
        findings.add(sheet.spot.problem(findings.rule, Severity.WARNING, message, cure))
