"""An event-based gateway waits for all of its events and does not begin the process.

Only a gateway that creates instances may wait for all. Draw a parallel gateway in front of the
events, or let the gateway begin the process. An error: no reading is agreed on.

Source: BPMN 2.0.2, 10.6.6 (``eventGatewayType`` is Parallel only where ``instantiate`` is true).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the two settings of every event-based gateway."""
    for gateway in drawing.all("eventBasedGateway"):
        parallel = (gateway.get("eventGatewayType") or "").strip().lower() == "parallel"
        if parallel and not says(gateway, "instantiate"):
            findings.error(
                gateway,
                "The event-based gateway waits for all of its events in the middle of a process.",
                "Draw a parallel gateway, or let the first event decide.",
            )
