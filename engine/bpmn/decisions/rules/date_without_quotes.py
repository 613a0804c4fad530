"""A date without quotes is computed with: `2026-01-31` is 2026 less 1 less 31, the number 1994.

So no date ever fits, and an output is a number. Write `date("2026-01-31")` or `@"2026-01-31"`. One
with a zero in front (`-01-`) is refused, as nobody writes numbers so; others are warned of.

Source: DMN 1.5, 10.3.1.2 (literals).
"""

from __future__ import annotations

import re

from engine.bpmn.decisions.analysis.examined import Examined, spot_of
from engine.bpmn.decisions.analysis.literals import MOMENT
from engine.bpmn.decisions.analysis.texts import Occurrence
from engine.bpmn.decisions.analysis.unquoted import kind_at
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH
from engine.bpmn.expressions.slips.dates import bare_dates, with_dates
from engine.bpmn.expressions.slips.spans import blanked, shortly
from engine.bpmn.problems import Findings
from engine.definitions import Severity

_DIVIDED = re.compile(r"(?<![\w./])(?:\d{1,2}/\d{1,2}/\d{4}|\d{4}/\d{1,2}/\d{1,2})(?![\w./])")


def check(file: Examined, findings: Findings) -> None:
    """Find dates in texts that compile; each text once."""
    for _, found in file.texts:
        if found.text.language is not None or len(found.text.text) > EXPRESSION_LENGTH:
            continue
        told = _of_minus(found) or _of_division(found)
        if told is None:
            continue
        try:
            file.compiler.reads(found)
        except ExpressionError:
            continue  # told by the rule for texts that do not compile, with the same cure
        severity, date, cure = told
        where = f"{found.at}: " if found.at else ""
        message = f"{where}{date} is arithmetic, and no date."
        findings.add(spot_of(found.text).problem(findings.rule, severity, message, cure))


def _of_minus(found: Occurrence) -> tuple[Severity, str, str] | None:
    text = found.text.text
    dates = [text[start:end] for start, end in bare_dates(text)]
    if not dates:
        return None
    mended = _mended(found, text)
    right = shortly(mended, _mended(found, dates[0]))
    sure = any("-0" in date for date in dates)
    return Severity.ERROR if sure else Severity.WARNING, dates[0], f"Write {right}."


def _mended(found: Occurrence, text: str) -> str:
    if kind_at(found).sort == MOMENT:
        return with_dates(text, "date and time", "T00:00:00Z")
    return with_dates(text)


def _of_division(found: Occurrence) -> tuple[Severity, str, str] | None:
    date = _DIVIDED.search(blanked(found.text.text))
    if date is None:
        return None
    return Severity.WARNING, date[0], 'Write dates as date("2026-01-31"): year, month, day.'
