"""A sub-process declares inputs and outputs.

Only processes, call activities and tasks take and give data that way; a sub-process sees the
variables around it. Remove the declaration. A warning: it has no effect on a run.

Source: BPMN 2.0.2, 10.4.1 (specifications of inputs and outputs).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look into every embedded sub-process."""
    for scope in drawing.all("subProcess", "transaction", "adHocSubProcess"):
        if scope.find(B + "ioSpecification") is not None:
            findings.warning(
                scope,
                "A sub-process has no inputs and outputs of its own.",
                "Remove the specification: it sees the variables around it.",
            )
