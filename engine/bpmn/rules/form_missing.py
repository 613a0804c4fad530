"""A user task has no form.

Agents can only say that it is done: nothing they find out becomes a variable. That is right for
work outside the system, so it is an info. Name a deployed form where something has to be asked.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the settings of every user task."""
    for task in drawing.all("userTask"):
        settings = [found for found in written_on(task) if found.tag == C + "userTask"]
        if not any(found.get("form") for found in settings):
            findings.info(
                task,
                "It has no form: agents can only complete it.",
                'Give it <corral:userTask form="..."/> if they have to fill something in.',
            )
