"""Message events and receive tasks stand behind one event-based gateway.

Both wait for a message; the standard wants one of the two kinds at a gateway. Use message events
throughout. A warning: here both wait in the same way.

Source: BPMN 2.0.2, 10.6.6.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the targets of every event-based gateway."""
    for gateway in drawing.all("eventBasedGateway"):
        ends = (drawing.target(flow) for flow in drawing.outgoing(gateway))
        targets = [end for end in ends if end is not None]
        tasks = any(local(target) == "receiveTask" for target in targets)
        if tasks and any("message" in drawing.trigger_words(target) for target in targets):
            findings.warning(
                gateway,
                "Message events and receive tasks stand behind the same gateway.",
                "Use message events throughout.",
            )
