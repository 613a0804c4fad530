"""A sequence flow leaves an end event.

A token that reaches an end event is gone. Draw a throwing intermediate event where the flow goes
on. A draft: somebody knows which of the two is meant.

Source: BPMN 2.0.2, 10.5.3 (an end event is not the source of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for flows out of end events."""
    for event in drawing.all("endEvent"):
        if drawing.outgoing(event):
            findings.draft(
                event,
                "A flow leaves the end event, behind which nothing can happen.",
                "Draw a throwing intermediate event, or take the flow off.",
            )
