"""An event-based gateway leads to something that does not wait for an event.

It waits for the first of the events behind it. Put a catching event, or a receive task, directly
behind each of its flows, or draw an exclusive gateway. A draft: somebody has to say which event
decides.

Source: BPMN 2.0.2, 10.6.6 (targets are receive tasks and catching message, signal, timer and
conditional events).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local

_WAITED_FOR = {"message", "signal", "timer", "conditional"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at what every event-based gateway leads to."""
    for gateway in drawing.all("eventBasedGateway"):
        for flow in drawing.outgoing(gateway):
            target = drawing.target(flow)
            if target is not None and not _waits(drawing, target):
                name = target.get("name") or target.get("id")
                findings.draft(
                    gateway,
                    f"The event-based gateway leads to '{name}', which waits for no event.",
                    "Put the event that decides in between, or draw an exclusive gateway.",
                )


def _waits(drawing: Drawing, target: Element) -> bool:
    if local(target) == "receiveTask":
        return True
    # An event without any trigger yet is reported where it stands.
    return local(target) == "intermediateCatchEvent" and (
        drawing.trigger_words(target) <= _WAITED_FOR
    )
