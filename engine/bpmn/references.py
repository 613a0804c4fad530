"""Which elements refer to a message, signal, error or escalation, and what declares one."""

from __future__ import annotations

from engine.bpmn.xml import Element, local

#: Element: its attribute, and the kind of element the attribute refers to.
REFERENCES = {
    "messageEventDefinition": ("messageRef", "message"),
    "signalEventDefinition": ("signalRef", "signal"),
    "errorEventDefinition": ("errorRef", "error"),
    "escalationEventDefinition": ("escalationRef", "escalation"),
    "sendTask": ("messageRef", "message"),
    "receiveTask": ("messageRef", "message"),
}


def declarations(root: Element, kind: str) -> dict[str, Element]:
    """Return what the document declares of ``kind`` (``"message"``, ...), by id."""
    return {child.get("id", ""): child for child in root if local(child) == kind}
