"""A transaction or an ad-hoc sub-process is marked as triggered by an event.

Only an ordinary sub-process can be an event sub-process. Draw one, with the transaction or the
ad-hoc sub-process in it. A draft: when it starts has to be decided.

Source: BPMN 2.0.2, 10.3.5 (``triggeredByEvent``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for the mark on the two kinds that cannot have it."""
    for element in drawing.all("transaction", "adHocSubProcess"):
        if says(element, "triggeredByEvent"):
            findings.draft(
                element,
                "Only an ordinary sub-process can be started by an event.",
                "Put it into an event sub-process, or take the mark off.",
            )
