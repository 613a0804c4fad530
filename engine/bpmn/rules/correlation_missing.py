"""An event inside a process waits for a message without a correlation key.

It would take the message of any customer. Say which one is meant; a message start event needs
none, because it creates the instance.
"""

from __future__ import annotations

from engine.bpmn.conversations import ends
from engine.bpmn.drawing import Drawing, says
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, C, Element, is_triggered_by_event, local

_CATCHING = ("intermediateCatchEvent", "boundaryEvent", "receiveTask", "startEvent")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every place that waits for a message."""
    linked = ends(drawing.root)  # these share a conversation key
    for element in drawing.root.iter(*(B + tag for tag in _CATCHING)):
        if not _waits_for_message(element) or says(element, "instantiate"):
            continue
        if element in linked:
            continue
        keyed = any(
            child.tag == C + "message" and child.get("correlationKey")
            for child in written_on(element)
        )
        if not keyed:
            findings.warning(
                element,
                "It takes this message whomever it is about: it has no correlation key.",
                'Give it <corral:message correlationKey="= ..."/>.',
            )


def _waits_for_message(element: Element) -> bool:
    if local(element) == "receiveTask":
        return bool(element.get("messageRef"))
    parent = element.getparent()
    if local(element) == "startEvent" and (parent is None or not is_triggered_by_event(parent)):
        return False
    definition = element.find(B + "messageEventDefinition")
    return definition is not None and bool(definition.get("messageRef"))
