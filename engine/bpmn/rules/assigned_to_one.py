"""A user task is for one agent and in no queue.

When that agent is away nobody else sees it. Name a queue as well: the task is claimed for the
agent and others can take it over. An info: it may be meant so.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the user tasks with an assignee."""
    in_lanes = {plain_name(text_of(reference)) for reference in drawing.all("flowNodeRef")}
    for task in drawing.all("userTask"):
        if task.get("id") in in_lanes:
            continue
        settings = [found for found in written_on(task) if found.tag == C + "userTask"]
        if any(one.get("assignee") and not one.get("queue") for one in settings):
            findings.info(
                task,
                "It is for one agent and in no queue: nobody else sees it.",
                'Give it <corral:userTask queue="..."/> as well.',
            )
