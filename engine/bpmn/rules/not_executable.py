"""A process says that it is not executable.

Uploading is the intent to run it, so it runs all the same; somebody may have meant otherwise.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, nodes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every process that holds flow nodes."""
    for process in drawing.root.iter(B + "process"):
        if process.get("isExecutable") == "false" and nodes(process):
            findings.warning(
                process,
                "The process says that it is not executable; it can be started all the same.",
                'Set isExecutable="true" in the modeler, or take the file out of the deployment.',
            )
