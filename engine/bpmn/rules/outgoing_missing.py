"""No flow leaves a gateway, an intermediate event or a boundary event.

Such an element stands between two others: what it decides or waits for has no consequence.
Connect it, or draw an end event behind it. A draft: somebody has to connect it. A throwing link
goes on at its counterpart, a compensation event at its handler.

Source: BPMN 2.0.2, 10.5.4 and 10.6.1.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element

_EVENTS = ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
_CURE = "Connect it to what happens next, or draw an end event behind it."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for a way out of each of them."""
    for gateway in drawing.gateways:
        if not drawing.outgoing(gateway):
            findings.draft(gateway, "No flow leaves the gateway.", _CURE)
    for event in drawing.all(*_EVENTS):
        if not drawing.outgoing(event) and not _goes_on(drawing, event):
            findings.draft(event, "No flow leaves the event.", _CURE)


def _goes_on(drawing: Drawing, event: Element) -> bool:
    words = drawing.trigger_words(event)
    if event.tag.endswith("intermediateThrowEvent"):
        return "link" in words
    return event.tag.endswith("boundaryEvent") and "compensate" in words
