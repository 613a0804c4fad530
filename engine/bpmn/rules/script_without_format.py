"""A script does not say in which language it is written.

It is read in the language of the document, and reported if it is none. Set ``scriptFormat``. An
info: the language is taken as it is for all expressions of the file.

Source: BPMN 2.0.2, 10.3.3 (a script task with a script has a ``scriptFormat``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every script task with a script."""
    for task in drawing.all("scriptTask"):
        if text_of(task.find(B + "script")) and not (task.get("scriptFormat") or "").strip():
            findings.info(task, "Its script names no language: that of the document is taken.")
