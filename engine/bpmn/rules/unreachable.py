"""No token can ever reach an element.

It looks like part of the process and never runs. Connect it to the flow, or delete it. A draft
where no flow leads to it beside a drawn start event: by the standard it would start with the
process, by most engines never, so somebody has to connect it. A warning where only elements that
are unreachable themselves lead to it.

Source: BPMN 2.0.2, 10.5.2 (what has no incoming flow is instantiated with the process).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import (
    B,
    Element,
    flows,
    is_triggered_by_event,
    local,
    nodes,
    plain_name,
    scopes,
)


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Walk each scope from everything that starts by itself."""
    handlers = _compensation_handlers(drawing)
    for scope in scopes(drawing.root):
        here = {node.get("id", ""): node for node in nodes(scope)}
        reached = _reached(scope, here, handlers)
        for key, node in here.items():
            if key not in reached:
                report = findings.warning if drawing.incoming(node) else findings.draft
                report(
                    node,
                    "No flow leads to it: it never runs.",
                    "Connect it to the flow, or delete it.",
                )


def _reached(scope: Element, here: dict[str, Element], handlers: set[str]) -> set[str]:
    ways: dict[str, list[str]] = {}
    fed: set[str] = set()
    for flow in flows(scope):
        source, target = (plain_name(flow.get(end)) for end in ("sourceRef", "targetRef"))
        ways.setdefault(source, []).append(target)
        fed.add(target)
    for key, node in here.items():
        if local(node) == "boundaryEvent":
            ways.setdefault(plain_name(node.get("attachedToRef")), []).append(key)
    drawn_start = any(local(node) == "startEvent" for node in here.values())
    pending = [
        key
        for key, node in here.items()
        if _starts(node, fed=key in fed, drawn_start=drawn_start) or key in handlers
    ]
    reached: set[str] = set()
    while pending:
        key = pending.pop()
        if key in here and key not in reached:
            reached.add(key)
            pending.extend(ways.get(key, ()))
    return reached


def _starts(node: Element, *, fed: bool, drawn_start: bool) -> bool:
    if local(node) == "startEvent" or is_triggered_by_event(node):
        return True
    catches_link = (
        local(node) == "intermediateCatchEvent" and node.find(B + "linkEventDefinition") is not None
    )
    if catches_link or says(node, "isForCompensation"):
        return True
    if says(node, "instantiate"):
        return not fed
    return not drawn_start and not fed and local(node) != "boundaryEvent"


def _compensation_handlers(drawing: Drawing) -> set[str]:
    """Return what is associated with boundary events: that is how they name their handlers."""
    return {
        other.get("id", "")
        for event in drawing.all("boundaryEvent")
        for other in drawing.associated(event)
    }
