"""A condition has no text.

It says that a way is not always taken, or that a loop or an ad-hoc sub-process can end early, and
not when. Write the condition, or remove it. A draft: somebody has to supply the text. At gateways
it is reported as a missing condition.

Source: BPMN 2.0.2, 8.4.6 (a formal expression has a body).
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, B, Element, local, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the conditions behind every activity, and at those that complete one."""
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
    for condition in drawing.all("completionCondition"):
        activity_of = next(_activities_around(condition), None)
        if activity_of is not None and not text_of(condition):
            findings.draft(
                activity_of,
                "Its completion condition has no text.",
                "Write when it is complete, or remove the condition.",
            )


def _activities_around(condition: Element) -> Iterator[Element]:
    return (around for around in condition.iterancestors() if local(around) in ACTIVITIES)
