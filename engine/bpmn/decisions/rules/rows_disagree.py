"""Two rows of a table with the hit policy ANY fit the same values, and give different outputs.

The decision fails for these values: rows that fit together have to agree. Make the rows exclude
each other, or give them the same outputs.

The message names the rows and such values. Only outputs that are written down are compared.

Source: DMN 1.5, 8.2.8 (hit policy ANY).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, Sheet
from engine.bpmn.decisions.analysis.literals import Literal, literal
from engine.bpmn.decisions.analysis.searching import common
from engine.bpmn.decisions.analysis.words import case_in_words, rows_in_words
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.problems import Findings
from engine.definitions import Severity

#: Rows of a table that are told one by one.
_TOLD = 10


def check(file: Examined, findings: Findings) -> None:
    """Find rows that contradict one above them."""
    for sheet in file.tables:
        if sheet.table.policy == HitPolicy.ANY and sheet.grid is not None:
            _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    grid = sheet.grid
    if grid is None:
        return
    outputs = [_outputs(sheet, row) for row in range(len(sheet.table.rules))]
    told = 0
    for _, (*above, row) in sheet.overlaps.found:
        other = next((each for each in above if _differ(outputs[each], outputs[row])), None)
        if other is None or told == _TOLD:
            continue
        told += 1
        both = common(common(grid.surely[other], grid.surely[row]), grid.asked)
        message = (
            f"Rows {rows_in_words([other, row])} give different outputs, and both fit when "
            f"{case_in_words(grid.columns, both, grid.asked)}."
        )
        cure = "Make the rows exclude each other, or give them the same outputs."
        findings.add(sheet.spot_of_row(row).problem(findings.rule, Severity.WARNING, message, cure))


def _outputs(sheet: Sheet, row: int) -> list[Literal | None]:
    return [
        literal(text.text) if text is not None and text.language is None else None
        for text in sheet.table.rules[row].outputs
    ]


def _differ(left: list[Literal | None], right: list[Literal | None]) -> bool:
    return any(
        one is not None and other is not None and not one.same_as(other)
        for one, other in zip(left, right, strict=True)
    )
