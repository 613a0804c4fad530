"""An event does not say what it waits for, or what it sends.

Waiting for nothing would be waiting for ever. Give the event its message, signal or other trigger.
"""

from __future__ import annotations

from engine.bpmn.conversations import ends
from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.rules.misplaced_trigger import allowed_at
from engine.bpmn.xml import EVENTS, B, C, Element, event_definitions, local, plain_name

_NAMED = {
    "messageEventDefinition": ("messageRef", "message"),
    "signalEventDefinition": ("signalRef", "signal"),
}
_CODED = {
    "errorEventDefinition": ("errorRef", "error"),
    "escalationEventDefinition": ("escalationRef", "escalation"),
}
_THROWING = {"endEvent", "intermediateThrowEvent"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the definitions in each event."""
    linked = ends(drawing.root)  # these get their message from the flow between the pools
    for event in drawing.root.iter(*(B + tag for tag in sorted(EVENTS))):
        definitions = event_definitions(event)
        shared = event.find(B + "eventDefinitionRef") is not None
        if local(event) == "intermediateCatchEvent" and not definitions and not shared:
            findings.draft(
                event,
                "The event does not say what it waits for.",
                "Give it a message, timer, signal or condition.",
            )
        for definition in definitions:
            if event in linked and local(definition) == "messageEventDefinition":
                continue
            _check_definition(event, definition, findings)


def _check_definition(event: Element, definition: Element, findings: Findings) -> None:
    throwing = local(event) in _THROWING
    # Who catches without a reference catches every error; who throws has to say which.
    needed = {**_NAMED, **_CODED} if throwing else _NAMED
    attribute, word = needed.get(local(definition), ("", ""))
    if not attribute or plain_name(definition.get(attribute)):
        return
    if word not in allowed_at(event):
        return  # reported by the rule misplaced-trigger
    if word == "message" and any(child.tag == C + "job" for child in written_on(event)):
        return  # a job handler carries the message
    verb = "throws" if throwing else "waits for"
    findings.draft(event, f"It does not say which {word} it {verb}.", f"Choose the {word}.")
