"""An event has a trigger that BPMN does not allow at its place.

An end event cannot wait for a timer, and a process cannot be started by its own termination. Move
the trigger to an event that can have it. An error: no reading is agreed on, and modelers do not
let people draw it.

Source: BPMN 2.0.2, table 10.93 *Types of events and their markers*.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.vocabulary import EVENT_DEFINITIONS
from engine.bpmn.xml import Element, local

_START = {"message", "timer", "conditional", "signal"}
_ALLOWED = {
    "startEvent": _START,
    "intermediateCatchEvent": _START | {"link"},
    "boundaryEvent": _START | {"error", "escalation", "cancel", "compensate"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensate", "link"},
    "endEvent": {
        "message",
        "signal",
        "error",
        "escalation",
        "cancel",
        "compensate",
        "terminate",
    },
}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the triggers of every event with what its place allows."""
    for event in drawing.all(*_ALLOWED):
        allowed = _allowed(event)
        for definition in drawing.triggers(event):
            word = local(definition).removesuffix("EventDefinition")
            if local(definition) in EVENT_DEFINITIONS and word not in allowed:
                findings.error(
                    event,
                    f"A {word} is no trigger for this event.",
                    f"Use one of: {', '.join(sorted(allowed))}."
                    if allowed
                    else "Take the trigger off: a sub-process starts with the flow.",
                )


def _allowed(event: Element) -> set[str]:
    scope = event.getparent()
    if local(event) != "startEvent" or scope is None or local(scope) == "process":
        return _ALLOWED[local(event)]
    if says(scope, "triggeredByEvent"):
        return _START | {"error", "escalation", "compensate"}
    return set()
