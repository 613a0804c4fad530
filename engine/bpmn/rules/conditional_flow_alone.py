"""The only flow out of an activity has a condition.

When it does not hold there is nowhere to go: some engines stop with a fault, some end the path.
Draw another way out, or an exclusive gateway with a default flow, or remove the condition. A
draft: nobody but the author knows what is meant to happen otherwise.

Source: BPMN 2.0.2, 8.4.13 (an activity with a conditional flow has at least one other flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at activities with one way out."""
    for activity in drawing.activities:
        leaving = drawing.outgoing(activity)
        if len(leaving) == 1 and text_of(leaving[0].find(B + "conditionExpression")):
            findings.draft(
                leaving[0],
                "It is the only way out and has a condition: without it there is nowhere to go.",
                "Draw what happens otherwise, or remove the condition.",
            )
