"""Makes an event-based gateway that does not lead to events alone an exclusive one.

It could not wait for anything; as an exclusive gateway it asks which way to go. The rules
``event-gateway-target`` and ``outgoing-missing`` report it.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, flows, local, nodes, scopes

ORDER = 160
_WAITING = {"intermediateCatchEvent", "receiveTask"}


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Rename those gateways and say what their targets have to be."""
    for scope in scopes(root):
        here = {node.get("id"): node for node in nodes(scope)}
        leaving: dict[str | None, list[Element]] = {}
        for flow in flows(scope):
            leaving.setdefault(flow.get("sourceRef"), []).append(flow)
        for gateway in [node for node in here.values() if local(node) == "eventBasedGateway"]:
            targets = [here[flow.get("targetRef")] for flow in leaving.get(gateway.get("id"), [])]
            if not targets or any(local(target) not in _WAITING for target in targets):
                gateway.tag = B + "exclusiveGateway"
