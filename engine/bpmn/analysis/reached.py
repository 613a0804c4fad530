"""Which flow nodes a token can come to, scope by scope, whatever the conditions say."""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
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


def unreached(drawing: Drawing) -> list[Element]:
    """Return the flow nodes that nothing leads to, from whatever starts by itself."""
    return drawing.remembered("unreached", lambda: _unreached(drawing))


def _unreached(drawing: Drawing) -> list[Element]:
    handlers = _compensation_handlers(drawing)
    found: list[Element] = []
    for scope in scopes(drawing.root):
        here = {node.get("id", ""): node for node in nodes(scope)}
        reached = _reached(scope, here, handlers)
        found.extend(node for key, node in here.items() if key not in reached)
    return found


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
    begins = local(scope) != "adHocSubProcess"  # there, everything without a flow may be done
    drawn_start = begins and any(local(node) == "startEvent" for node in here.values())
    pending = [
        key
        for key, node in here.items()
        if _starts(node, fed=key in fed, drawn_start=drawn_start)
        or key in handlers
        or _hangs_loose(node, here)
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


def _hangs_loose(node: Element, here: dict[str, Element]) -> bool:
    """Say whether ``node`` is a boundary event of nothing: that is a fault of its own."""
    return local(node) == "boundaryEvent" and plain_name(node.get("attachedToRef")) not in here


def _compensation_handlers(drawing: Drawing) -> set[str]:
    """Return what is associated with boundary events: that is how they name their handlers."""
    return {
        other.get("id", "")
        for event in drawing.all("boundaryEvent")
        for other in drawing.associated(event)
    }
