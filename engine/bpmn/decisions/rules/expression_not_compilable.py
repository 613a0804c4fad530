"""An expression, a cell or an allowed value of a decision does not compile.

Nothing but null would come of it, so the decision is refused. The message says in which row and
column, at which position and why; the cure writes the text as FEEL has it where that can be told.
Tests are listed with commas (`"gold", "silver"`), ranges are `(5..10)`, other values `not(5)`; FEEL
compares with one `=` and writes texts in double quotes.
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, spot_of
from engine.bpmn.decisions.analysis.texts import Occurrence
from engine.bpmn.errors import ExpressionError
from engine.bpmn.problems import Findings
from engine.definitions import Severity

#: Characters of a text that are shown.
_SHOWN = 120


def check(file: Examined, findings: Findings) -> None:
    """Find texts that do not compile."""
    for _, found in file.texts:
        try:
            file.compiler.reads(found)
        except ExpressionError as error:
            message = f"{_where(found, error.column)}: {error.reason}"
            spot = spot_of(found.text)
            findings.add(spot.problem(findings.rule, Severity.ERROR, message, error.cure))


def _where(found: Occurrence, position: int | None) -> str:
    text = found.text.text
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    # Quotes around quotes would not be seen.
    quoted = shown if "'" in shown else f"'{shown}'"
    # A column of a table is something else.
    place = f"position {position} of {quoted}" if position else quoted
    if found.at:
        return f"{found.at}: {place}"
    return f"{place[0].upper()}{place[1:]}" if position else place
