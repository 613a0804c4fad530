"""A process does not say that it is executable.

Modelers mark a process as executable (``isExecutable="true"``, BPMN 2.0.2, table 10.1) when it is
meant to be run; without the mark it is a picture of how people work. Nobody can tell from the
drawing whether the mark is missing or meant, so whoever uploads is asked.

``draft`` as long as nobody has answered: the answer is all that is missing, and the process page
takes it. ``info`` once somebody said that it is a drawing.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import nodes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every process that holds flow nodes."""
    for process in drawing.all("process"):
        mark = process.get("isExecutable")
        if mark in ("true", "1") or not nodes(process) or around.is_to_run(process.get("id", "")):
            continue
        says = "says that it is not" if mark else "does not say that it is"
        if around.executable is None:
            findings.draft(
                process,
                f"The process {says} executable.",
                "Answer on its page that it is to be run, or mark it executable in the modeler.",
            )
        else:
            findings.info(process, f"The process {says} executable: it is kept as a drawing.")
