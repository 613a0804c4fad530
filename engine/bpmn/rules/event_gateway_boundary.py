"""A receive task behind an event-based gateway has boundary events.

The gateway waits for the message, not the task: the task is never at work, so nothing could
happen at its boundary. Let other events race behind the gateway instead. A draft: somebody has to
say when they count.

Source: BPMN 2.0.2, 10.6.6 (such receive tasks have no boundary events).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the boundary events of the receive tasks behind every event-based gateway."""
    for gateway in drawing.all("eventBasedGateway"):
        for flow in drawing.outgoing(gateway):
            target = drawing.target(flow)
            if target is None or local(target) != "receiveTask":
                continue
            if drawing.boundary_events(target):
                findings.draft(
                    target,
                    "The receive task behind an event-based gateway has boundary events.",
                    "Put these events behind the gateway, as further ways out.",
                )
