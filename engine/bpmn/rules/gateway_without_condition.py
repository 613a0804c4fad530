"""A flow out of a deciding gateway has no condition and is not the default.

Nobody could say when it is taken, so the instance would stop there. Write a condition on the flow,
or make it the default.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, flows, local, nodes, plain_name, scopes, text_of

_DECIDING = {"exclusiveGateway", "inclusiveGateway"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at each such gateway with several ways out."""
    for scope in scopes(drawing.root):
        leaving: dict[str, list[Element]] = {}
        for flow in flows(scope):
            leaving.setdefault(plain_name(flow.get("sourceRef")), []).append(flow)
        for gateway in nodes(scope):
            out = leaving.get(gateway.get("id", ""), [])
            if local(gateway) in _DECIDING and len(out) > 1:
                _check_gateway(gateway, out, findings)


def _check_gateway(gateway: Element, out: list[Element], findings: Findings) -> None:
    default = plain_name(gateway.get("default"))
    name = gateway.get("name") or gateway.get("id")
    for flow in out:
        if flow.get("id") != default and not text_of(flow.find(B + "conditionExpression")):
            findings.draft(
                flow,
                f"The flow out of the gateway '{name}' has no condition and is not its default.",
                "Write its condition, or make it the default flow.",
            )
