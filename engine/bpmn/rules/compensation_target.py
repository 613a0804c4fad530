"""A compensation event undoes something that is out of reach or cannot be undone.

It names an activity of the same process or sub-process, or leaves it open, and then undoes
everything there. Name an activity of the same scope, and give it a compensation event on its
boundary. A draft when it names no activity in reach. A warning when nothing is there to undo it:
the event passes without any effect.

Source: BPMN 2.0.2, 10.5.5 and 10.7.2 (``activityRef`` of a compensate event definition).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, SCOPES, Element, local, plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look up what every throwing compensation event names."""
    for event in drawing.all("intermediateThrowEvent", "endEvent"):
        for definition in drawing.triggers(event):
            name = plain_name(definition.get("activityRef"))
            if local(definition) == "compensateEventDefinition" and name:
                _check(event, name, drawing, findings)


def _check(event: Element, name: str, drawing: Drawing, findings: Findings) -> None:
    activity = drawing.node(name)
    if activity is None or local(activity) not in ACTIVITIES or not _reaches(event, activity):
        findings.draft(
            event,
            f"It undoes '{name}', which is no activity of the same process or sub-process.",
            "Choose an activity of the same process or sub-process.",
        )
    elif local(activity) not in SCOPES and not _can_be_undone(activity, drawing):
        findings.warning(
            event,
            f"It undoes '{name}', which nothing can undo.",
            "Give that activity a compensation event and a compensation activity.",
        )


def _reaches(event: Element, activity: Element) -> bool:
    """Say whether they share a scope; an event sub-process reaches the one around it, too."""
    scope = event.getparent()
    while scope is not None:
        if activity.getparent() is scope:
            return True
        if not says(scope, "triggeredByEvent"):
            return False
        scope = scope.getparent()
    return False


def _can_be_undone(activity: Element, drawing: Drawing) -> bool:
    attached = drawing.boundary_events(activity)
    return any("compensate" in drawing.trigger_words(event) for event in attached)
