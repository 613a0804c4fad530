"""A script task has no script.

It would pass and do nothing. Write its assignments, or draw a plain task. A draft: somebody has to
supply the script.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the text of every script task."""
    for task in drawing.all("scriptTask", "globalScriptTask"):
        if not text_of(task.find(B + "script")):
            findings.draft(task, "The script task has no script.", "Write its assignments.")
