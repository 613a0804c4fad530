"""A sequence flow leads back to a start event.

A start event begins an instance or a sub-process; a token that comes back to it has nothing to
start. Let the flow lead to the element behind the start event. A draft: the meaning of such a
loop is plain to people, and has to be drawn.

Source: BPMN 2.0.2, 10.5.2 (a start event is not the target of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for flows to start events."""
    for event in drawing.all("startEvent"):
        if drawing.incoming(event):
            findings.draft(
                event,
                "A flow leads to the start event, which no token can come back to.",
                "Let the flow lead to what follows the start event.",
            )
