"""A message flow begins or ends at an event that has no message trigger.

An event that gets or sends a message says so by its trigger; without it a start event would begin
when anybody starts the process, not when the message comes. Make it a message event. A draft: the
trigger is missing, and somebody can choose the message.

Source: BPMN 2.0.2, 10.5.2 (start event connections), 10.5.3 and 10.5.4.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import EVENTS, local

_SENDING = frozenset({"intermediateThrowEvent", "endEvent", "implicitThrowEvent"})


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every event that a message flow touches from the right side."""
    for flow in drawing.all("messageFlow"):
        for end, word in (("sourceRef", "leaves"), ("targetRef", "reaches")):
            event = drawing.referred(flow.get(end))
            if event is None or local(event) not in EVENTS:
                continue
            fits = (local(event) in _SENDING) == (end == "sourceRef")
            if fits and "message" not in drawing.trigger_words(event):
                findings.draft(
                    event,
                    f"A message flow {word} it, and it is no message event.",
                    "Make it a message event and choose the message, or move the message flow.",
                )
