"""The default flow has a condition.

The default is taken when no other condition holds; its own is never asked. Remove the condition,
or choose another default. A warning: it runs, and the condition has no effect.

Source: BPMN 2.0.2, 8.4.13 (the condition of a default flow is not evaluated).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the flow that each element names as its default."""
    for node in drawing.nodes:
        default = plain_name(node.get("default"))
        if not default:
            continue
        for flow in drawing.outgoing(node):
            if flow.get("id") == default and text_of(flow.find(B + "conditionExpression")):
                findings.warning(
                    flow,
                    "It is the default flow: its condition is never asked.",
                    "Remove the condition, or choose another default flow.",
                )
