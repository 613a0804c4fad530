"""Two rows of a table that collects results are the same.

Both fit together, so the result is in the list twice, or counts twice in a sum or number. Remove
one of them. Where only the smallest or largest result counts, it changes nothing (info).
"""

from __future__ import annotations

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.examined import Examined, Sheet
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.model import Text
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find rows with the cells and outputs of one above them."""
    for sheet in file.tables:
        if HitPolicy(sheet.table.policy).gives_several:
            _check_table(sheet, findings)


def _check_table(sheet: Sheet, findings: Findings) -> None:
    harmless = sheet.table.aggregation in ("MIN", "MAX")
    severity = Severity.INFO if harmless else Severity.WARNING
    seen: dict[tuple[tuple[str, ...], ...], int] = {}
    for row, rule in enumerate(sheet.table.rules):
        first = seen.setdefault(_written(rule), row)
        if first != row:
            message = f"Row {row + 1} is the same as row {first + 1}."
            if not harmless:
                message = f"{message[:-1]}, so its result counts twice."
            cure = "Remove one of them."
            findings.add(sheet.spot_of_row(row).problem(findings.rule, severity, message, cure))


def _written(rule: model.Rule) -> tuple[tuple[str, ...], ...]:
    return tuple(map(_text, rule.tests)), tuple(map(_text, rule.outputs))


def _text(text: Text | None) -> str:
    return "-" if text is None else f"{text.language or ''} {text.text}"
