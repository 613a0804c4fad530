"""A flow out of an activity has a condition without text.

It says that the way is not always taken, and not when. Write the condition, or remove it. A
draft: somebody has to supply the text. At gateways it is reported as a missing condition.

Source: BPMN 2.0.2, 8.4.6 (a formal expression has a body).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the conditions behind every activity."""
    for activity in drawing.activities:
        default = plain_name(activity.get("default"))
        for flow in drawing.outgoing(activity):
            condition = flow.find(B + "conditionExpression")
            if condition is not None and flow.get("id") != default and not text_of(condition):
                findings.draft(
                    flow,
                    "Its condition has no text.",
                    "Write when the flow is taken, or remove the condition.",
                )
