"""A boundary event is attached to an event sub-process.

An event sub-process is no step of the flow that could be left on another way. Attach the event to
an activity in it. An error: modelers do not let people draw it.

Source: BPMN 2.0.2, 10.5.4 and 10.3.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the boundary of every event sub-process."""
    for element in drawing.all("subProcess", "transaction", "adHocSubProcess"):
        if says(element, "triggeredByEvent"):
            for event in drawing.boundary_events(element):
                findings.error(
                    event,
                    "The boundary event is attached to an event sub-process.",
                    "Attach it to an activity inside the event sub-process.",
                )
