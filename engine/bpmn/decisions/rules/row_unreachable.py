"""A row of a table never counts: rows that come before it take all its values.

Under FIRST these are rows above it, under PRIORITY rows whose outputs are more important, or as
important and above. Move the row up, narrow the others, or remove it.

The message names the rows that cover it, alone or together. A last row that still takes null is
reached. Rows whose cells are no simple tests cover nothing.

Source: DMN 1.5, 8.2.8 (hit policies FIRST and PRIORITY).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, Sheet
from engine.bpmn.decisions.analysis.words import rows_in_words
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find rows that others cover."""
    for sheet in file.tables:
        _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    first = sheet.table.policy == HitPolicy.FIRST
    for _, (*covering, row) in sheet.covered.found:
        several = len(covering) > 1
        rows = (
            f"rows {rows_in_words(covering)} together take"
            if several
            else (f"row {rows_in_words(covering)} takes")
        )
        message = f"Row {row + 1} never counts: {rows} all its values."
        cure = "Remove the row, or narrow the others."
        if first:
            cure = "Move the row up, narrow those above it, or remove it."
        findings.add(sheet.spot_of_row(row).problem(findings.rule, Severity.WARNING, message, cure))
