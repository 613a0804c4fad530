"""A flow out of an event has a condition.

An event does not decide where to go. Draw a gateway behind it. A draft: an engine that follows
the standard could ask the condition or not.

Source: BPMN 2.0.2, 10.5.2 (flows out of a start event have no condition) and 7.6.1.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the flows out of every event."""
    for event in drawing.events:
        for flow in drawing.outgoing(event):
            if text_of(flow.find(B + "conditionExpression")):
                findings.draft(
                    flow,
                    "A flow out of an event has a condition, and an event does not decide.",
                    "Draw an exclusive gateway behind the event, or remove the condition.",
                )
