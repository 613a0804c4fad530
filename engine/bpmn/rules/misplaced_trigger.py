"""An event has a trigger that BPMN does not allow at its place.

An end event cannot wait for a timer, and a process cannot be started by its own termination. Move
the trigger to an event that can have it. An error: no reading is agreed on. A draft where modelers
let people draw it: an error that is caught in the flow, a sub-process with a message at its
start. Somebody has to say what is meant, and mostly it is easily said.

Source: BPMN 2.0.2, table 10.93 *Types of events and their markers*.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.vocabulary import EVENT_DEFINITIONS
from engine.bpmn.xml import Element, local

_START = {"message", "timer", "conditional", "signal"}
_OF_ACTIVITIES = {"error", "escalation", "compensate"}
_ALLOWED = {
    "startEvent": _START,
    "intermediateCatchEvent": _START | {"link"},
    "boundaryEvent": _START | _OF_ACTIVITIES | {"cancel"},
    "intermediateThrowEvent": {"message", "signal", "escalation", "compensate", "link"},
    "endEvent": {"message", "signal", "cancel", "terminate"} | _OF_ACTIVITIES,
}
#: What is not allowed, and can be drawn in modelers that know BPMN.
_DRAWN = {
    "startEvent": _START | _OF_ACTIVITIES,
    "intermediateCatchEvent": _OF_ACTIVITIES | {"cancel"},
}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the triggers of every event with what its place allows."""
    for event in drawing.all(*_ALLOWED):
        if drawing.is_bare_multiple(event):
            continue  # reported by the rule multiple-without-triggers
        allowed = allowed_at(event)
        for definition in drawing.triggers(event):
            word = local(definition).removesuffix("EventDefinition")
            if local(definition) not in EVENT_DEFINITIONS or word in allowed:
                continue
            drawn = word in _DRAWN.get(local(event), ())
            report = findings.draft if drawn else findings.error
            report(
                event,
                f"The trigger '{word}' is not allowed at this event.",
                f"Use one of: {', '.join(sorted(allowed))}."
                if allowed
                else "Take the trigger off: a sub-process starts with the flow.",
            )


def allowed_at(event: Element) -> set[str]:
    """Return the triggers that ``event`` may have at its place."""
    scope = event.getparent()
    if local(event) != "startEvent" or scope is None or local(scope) == "process":
        return _ALLOWED.get(local(event), set())
    if says(scope, "triggeredByEvent"):
        return _START | _OF_ACTIVITIES
    return set()
