"""An event-based gateway has one way out.

There is nothing to choose between: it waits for that event as the event itself would. Connect the
others, or delete the gateway. A warning: it runs. Without any way out it is a draft of the rule
``outgoing-missing``.

Source: BPMN 2.0.2, 10.6.6 (an event gateway has two or more outgoing flows).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the ways out of every event-based gateway."""
    for gateway in drawing.all("eventBasedGateway"):
        if len(drawing.outgoing(gateway)) == 1:
            findings.warning(
                gateway,
                "The event-based gateway has one way out: there is nothing to choose.",
                "Connect the other events, or delete the gateway.",
            )
