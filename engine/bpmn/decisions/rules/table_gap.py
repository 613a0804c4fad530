"""A table has no row for some of the values that its inputs can have.

A table that gives one result (UNIQUE, FIRST, ANY, PRIORITY) gives null then. Add a row for the
missing case, a last row that fits everything, or a default output.

The message names the values. Where cells only name single values, such as texts or codes, and
neither the input values nor the allowed values of the type say which there are, any other value is
only remarked on (info). That an input is null counts where a cell asks for it. A row whose cells
are no simple tests may fit anything. Inputs are taken to be independent of each other: where they
are not, a case may be named that never happens.

Source: DMN 1.5, 8.2.8 (completeness).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, Sheet
from engine.bpmn.decisions.analysis.grids import Box, Grid
from engine.bpmn.decisions.analysis.searching import MOST
from engine.bpmn.decisions.analysis.words import case_in_words
from engine.bpmn.problems import Findings
from engine.definitions import Severity

#: Missing cases of a table that are told one by one.
_TOLD = 5
_CURE = "Add a row for it, a last row that fits everything, or a default output."


def check(file: Examined, findings: Findings) -> None:
    """Find values without a row."""
    for sheet in file.tables:
        if sheet.grid is not None:
            _check_table(sheet, sheet.grid, findings)


def _check_table(sheet: Sheet, grid: Grid, findings: Findings) -> None:
    regions = [region for region, _ in sheet.gaps.found]
    named = [region for region in regions if not _is_unlisted(grid, region)]
    named.sort(key=lambda region: sum(map(int.__ne__, region, grid.asked)))
    for region in named[:_TOLD]:
        message = f"No row fits when {_case(grid, region)}."
        findings.add(sheet.spot.problem(findings.rule, Severity.WARNING, message, _CURE))
    if len(named) > _TOLD:
        count = f"{len(named) - _TOLD} more" if len(regions) <= MOST else "many more"
        message = f"There are {count} cases that no row fits."
        cure = "Add rows for those that are named, and look again."
        findings.add(sheet.spot.problem(findings.rule, Severity.WARNING, message, cure))
    if not named and regions:
        message = f"No row fits when {_case(grid, regions[0])}."
        cure = "List the values that the input can have, or add a last row that fits everything."
        findings.add(sheet.spot.problem(findings.rule, Severity.INFO, message, cure))


def _is_unlisted(grid: Grid, region: Box) -> bool:
    """Say whether a case only happens with a value that nobody has named."""
    return any(
        column.unlisted and not mask & ~column.unlisted
        for column, mask in zip(grid.columns, region, strict=True)
    )


def _case(grid: Grid, region: Box) -> str:
    return case_in_words(grid.columns, region, grid.asked)
