"""No flow leaves a gateway, an intermediate event or a boundary event.

Such an element stands between two others: what it decides or waits for has no consequence. Connect
it, or draw an end event behind it. A draft: somebody has to connect it. In a process or
sub-process without any end event, paths end where nothing follows; there only a gateway that
joins nothing is reported. A throwing link goes on at its counterpart, a compensation event at its
handler.

Source: BPMN 2.0.2, 10.5.3 (with an end event, every path ends at one), 10.5.4 and 10.6.1.
"""

from __future__ import annotations

from engine.bpmn.analysis.reached import unreached
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local

_EVENTS = ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent")
_CURE = "Connect it to what happens next, or draw an end event behind it."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for a way out of each of them."""
    ended = {event.getparent() for event in drawing.all("endEvent")}
    loose = set(unreached(drawing))  # reported by the rule unreachable
    for gateway in drawing.gateways:
        joins = len(drawing.incoming(gateway)) > 1 and gateway.getparent() not in ended
        if not drawing.outgoing(gateway) and not joins and gateway not in loose:
            findings.draft(gateway, "No flow leaves the gateway.", _CURE)
    for event in drawing.all(*_EVENTS):
        if event.getparent() not in ended or drawing.outgoing(event):
            continue
        if event not in loose and not _goes_on(drawing, event):
            findings.draft(event, "No flow leaves the event.", _CURE)


def _goes_on(drawing: Drawing, event: Element) -> bool:
    words = drawing.trigger_words(event)
    if local(event) == "intermediateThrowEvent":
        return "link" in words
    return local(event) == "boundaryEvent" and "compensate" in words
