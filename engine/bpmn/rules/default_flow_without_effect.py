"""A default flow is chosen where nothing is decided.

An event, a parallel and an event-based gateway take their flows without asking, and a single way
out is taken anyway. Take the default off, or draw the gateway that decides. A warning: it runs as
if it were not there.

Source: BPMN 2.0.2, 8.4.13 (default flows belong to activities, exclusive, inclusive and complex
gateways).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import EVENTS, local, plain_name

_NOT_ASKING = EVENTS | {"parallelGateway", "eventBasedGateway"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every element with a default."""
    for node in drawing.nodes:
        default = plain_name(node.get("default"))
        leaving = drawing.outgoing(node) if default else []
        if not any(flow.get("id") == default for flow in leaving):
            continue  # reported by the rule default-flow
        if local(node) in _NOT_ASKING or len(leaving) == 1:
            findings.warning(
                node,
                "Its default flow has no effect: nothing is decided here.",
                "Take the default off, or draw the gateway that decides.",
            )
