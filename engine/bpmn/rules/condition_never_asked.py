"""A flow has a condition where none is looked at.

Parallel and event-based gateways take their flows without asking. Draw an exclusive or inclusive
gateway when the condition is meant, otherwise remove it. A warning: the flow is taken as
the gateway says, and the text has no effect.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, flows, local, nodes, plain_name, scopes, text_of

_NOT_ASKING = {"parallelGateway", "eventBasedGateway"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the flows out of such gateways."""
    for scope in scopes(drawing.root):
        silent = {node.get("id") for node in nodes(scope) if local(node) in _NOT_ASKING}
        for flow in flows(scope):
            condition = text_of(flow.find(B + "conditionExpression"))
            if condition and plain_name(flow.get("sourceRef")) in silent:
                findings.warning(
                    flow,
                    "Its condition is never asked: the gateway takes all its flows.",
                    "Draw an exclusive or inclusive gateway, or remove the condition.",
                )
