"""An expression, a cell or an allowed value of a decision does not compile.

Nothing but null would come of it, so the decision is refused. The message says at which column and
why. FEEL compares with one `=` and writes texts in double quotes.
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, spot_of
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
            text = found.text.text
            shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
            where = f"Column {error.column} of " if error.column else ""
            message = f"{where}'{shown}': {error.reason}"
            spot = spot_of(found.text)
            findings.add(spot.problem(findings.rule, Severity.ERROR, message, error.cure))
