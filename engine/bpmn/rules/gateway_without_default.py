"""Every flow out of a deciding gateway has a condition and none is the default.

When no condition holds the instance stops with an incident. That may be wanted, so it is a
warning; otherwise make one flow the default.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, flows, local, nodes, plain_name, scopes, text_of

_DECIDING = {"exclusiveGateway", "inclusiveGateway"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at each such gateway whose flows all have conditions."""
    for scope in scopes(drawing.root):
        conditions: dict[str, list[bool]] = {}
        for flow in flows(scope):
            has_one = bool(text_of(flow.find(B + "conditionExpression")))
            conditions.setdefault(plain_name(flow.get("sourceRef")), []).append(has_one)
        for gateway in nodes(scope):
            out = conditions.get(gateway.get("id", ""), [])
            if local(gateway) in _DECIDING and not gateway.get("default") and out and all(out):
                findings.warning(
                    gateway,
                    "The gateway has no default flow: when no condition holds, the instance stops.",
                    "Make the flow that is meant for all other cases the default.",
                )
