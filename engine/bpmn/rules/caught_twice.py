"""The same error or escalation is caught twice at one place.

An error is handled once, so one of the two would never happen. Delete one, or let them catch
different codes. A draft: somebody has to say which of the two handles it.

Source: BPMN 2.0.2, 10.5.6.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local, plain_name

_CODED = {"errorEventDefinition": "error", "escalationEventDefinition": "escalation"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the boundary events of each activity, and the event sub-processes of each scope."""
    seen: set[tuple[Element | str | None, str, str]] = set()
    for event in drawing.all("boundaryEvent", "startEvent"):
        place = _place(event)
        for definition in drawing.triggers(event):
            word = _CODED.get(local(definition))
            if word is None or place is None:
                continue
            what = place, word, _code(drawing, definition, word)
            if what in seen:
                findings.draft(
                    event,
                    f"Another event catches the same {word} at this place.",
                    "Delete one of the two, or let them catch different codes.",
                )
            seen.add(what)


def _place(event: Element) -> Element | str | None:
    if local(event) == "boundaryEvent":
        return plain_name(event.get("attachedToRef")) or None
    around = event.getparent()
    return around.getparent() if around is not None and says(around, "triggeredByEvent") else None


def _code(drawing: Drawing, definition: Element, word: str) -> str:
    """Return what is caught; ``""`` for everything."""
    reference = plain_name(definition.get(f"{word}Ref"))
    declared = drawing.referred(reference)
    if declared is None:
        return reference
    return declared.get(f"{word}Code") or declared.get("name") or reference
