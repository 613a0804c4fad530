"""A user task names no queue, stands in no lane or named pool, and is assigned to nobody.

It would appear in no queue and wait unseen. Name a queue, or put it into a lane.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.lanes import Lanes
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, C


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every user task, and at the lanes around it."""
    lanes = Lanes(drawing.root)
    for task in drawing.root.iter(B + "userTask"):
        settings = [element for element in written_on(task) if element.tag == C + "userTask"]
        named = any(found.get("queue") or found.get("assignee") for found in settings)
        if not named and lanes.of(task) is None:
            findings.warning(
                task,
                "The user task has no queue: nobody would see it.",
                'Give it <corral:userTask queue="..."/>, or put it into a lane.',
            )
