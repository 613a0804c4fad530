"""An event waits for all of its triggers and has fewer than two.

With one trigger there is nothing to wait for together. Add the other triggers, or take
``parallelMultiple`` off. A warning: it runs as an event with that one trigger.

Source: BPMN 2.0.2, 10.5.1 and 10.5.5 (parallel multiple events).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the triggers of the events that need all of theirs."""
    for event in drawing.all("startEvent", "intermediateCatchEvent", "boundaryEvent"):
        if says(event, "parallelMultiple") and len(drawing.triggers(event)) < 2:
            findings.warning(
                event,
                "It waits for all of its triggers and has fewer than two.",
                'Add the other triggers, or take parallelMultiple="true" off.',
            )
