"""A sequence flow crosses the border of a sub-process or pool.

BPMN forbids it: a token belongs to one scope. End the flow at the border, or send a message.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import flows, nodes, plain_name, scopes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the scopes of both ends of every flow."""
    everywhere = scopes(drawing.root)
    where = {node.get("id"): scope for scope in everywhere for node in nodes(scope)}
    for scope in everywhere:
        for flow in flows(scope):
            ends = [where.get(plain_name(flow.get(end))) for end in ("sourceRef", "targetRef")]
            if ends[0] is not None and ends[1] is not None and ends[0] is not ends[1]:
                findings.error(
                    flow,
                    "The flow crosses the border of a sub-process or pool.",
                    "Let it end at the border, or use a message or another event.",
                )
