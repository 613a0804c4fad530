"""A user task has neither a name nor a title.

In the list of agents it appears under its id, which says nothing to them. Name it by what is to be
done, or give it a title that may hold variables. An info: it runs all the same.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the name of every user task."""
    for task in drawing.all("userTask"):
        titled = any(
            found.tag == C + "userTask" and found.get("title") for found in written_on(task)
        )
        if not titled and not (task.get("name") or "").strip():
            findings.info(
                task,
                "It has no name: agents would see its id in their list.",
                "Name it by what is to be done, or give it a title.",
            )
