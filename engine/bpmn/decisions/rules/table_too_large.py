"""A table is too large, or too entangled, to be looked at as a whole.

Its gaps, overlaps and covered rows are not all known: what is not shown may still be wrong. It runs
all the same. Split it into tables that ask for fewer inputs.
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find tables about which a question was not answered."""
    for sheet in file.tables:
        answers = (sheet.gaps, sheet.overlaps, sheet.covered)
        unread = sheet.grid is None and bool(sheet.table.rules)
        if unread or not all(answer.complete for answer in answers):
            message = "The table is too large to find all its gaps, overlaps and covered rows."
            cure = "Nothing to do; or split it into tables with fewer inputs."
            findings.add(sheet.spot.problem(findings.rule, Severity.INFO, message, cure))
