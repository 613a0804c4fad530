"""A process is marked as public and as executable.

A public process shows others what they may rely on; a private one is what runs. Mark it as
private. A warning: the mark has no effect on a run.

Source: BPMN 2.0.2, 10.2.1 (a public process is not executable).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the two marks of every process."""
    for process in drawing.all("process"):
        public = (process.get("processType") or "").strip().lower() == "public"
        if public and says(process, "isExecutable"):
            findings.warning(
                process,
                "It is marked as public and as executable, which exclude each other.",
                "Mark the process as private.",
            )
