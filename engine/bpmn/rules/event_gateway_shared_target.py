"""An event behind an event-based gateway has another incoming flow.

Reached that way it would wait alone, while behind the gateway it races with others. Draw the
event twice, once for each way. A draft: somebody has to say what is meant.

Source: BPMN 2.0.2, 10.6.6 (targets of an event gateway have no other incoming flows).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the ways to everything behind an event-based gateway."""
    for gateway in drawing.all("eventBasedGateway"):
        for flow in drawing.outgoing(gateway):
            target = drawing.target(flow)
            if target is not None and len(drawing.incoming(target)) > 1:
                findings.draft(
                    target,
                    "It stands behind an event-based gateway and has another incoming flow.",
                    "Draw it once for each way that leads to it.",
                )
