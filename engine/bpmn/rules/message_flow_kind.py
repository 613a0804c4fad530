"""A message flow begins or ends at something that can neither send nor receive.

Pools, activities and events exchange messages. Gateways, lanes, data and artifacts do not; start
events and catching events only receive; end events and throwing events only send. Connect the
flow with an activity or event that does.

An error where there is nothing that could send or receive. A draft at an event of the wrong side:
some modelers let people draw it, and turning the flow round cures it.

Source: BPMN 2.0.2, table 7.4 and 9.4, 10.3.1, 10.5.2, 10.5.3, 10.5.4, 10.6.1.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, EVENTS, Element, local

_ALWAYS = ACTIVITIES | {
    "participant",
    "callConversation",
    "conversation",
    "subConversation",
}
_SENDING = _ALWAYS | {"intermediateThrowEvent", "endEvent", "implicitThrowEvent"}
_RECEIVING = _ALWAYS | {"startEvent", "intermediateCatchEvent", "boundaryEvent"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at both ends of every message flow."""
    for flow in drawing.all("messageFlow"):
        source = drawing.referred(flow.get("sourceRef"))
        target = drawing.referred(flow.get("targetRef"))
        if source is not None and local(source) not in _SENDING:
            _note(flow, source, "begins", "send", findings)
        if target is not None and local(target) not in _RECEIVING:
            _note(flow, target, "ends", "receive", findings)


def _note(flow: Element, end: Element, verb: str, does: str, findings: Findings) -> None:
    known = end.get("name") or end.get("id")
    why = f"cannot {does} here" if local(end) in EVENTS else "exchanges no messages"
    note = findings.draft if local(end) in EVENTS else findings.error
    note(
        flow,
        f"It {verb} at '{known}', which is of the kind {local(end)} and {why}.",
        f"Connect it with an activity or event that can {does}.",
    )
