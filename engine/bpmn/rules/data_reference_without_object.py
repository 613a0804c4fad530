"""A data object reference does not say to which data object it refers.

Several references show one data object in several states. Without the object nobody can tell
which of them are the same; its own name stands for the variable here. Choose the data object. A
warning: it runs.

Source: BPMN 2.0.2, 10.4.1 (``dataObjectRef``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every data object reference."""
    for reference in drawing.all("dataObjectReference"):
        if not (reference.get("dataObjectRef") or "").strip():
            findings.warning(
                reference,
                "It refers to no data object: its own name stands for it.",
                "Choose the data object.",
            )
