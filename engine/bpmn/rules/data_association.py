"""A data association computes something that no variable can take.

What a data association assigns or transforms becomes the variable its target names. This one has
no expression, or no target with a name that a variable may have. Name the data object or data
input after a variable, or compute it in a script task. A draft: somebody has to say where it goes.

Source: BPMN 2.0.2, 10.4.2 (execution semantics for data).
"""

from __future__ import annotations

from engine.bpmn.data_links import data_links
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for assignments and transformations without a place."""
    for association in drawing.all("dataInputAssociation", "dataOutputAssociation"):
        if data_links(association, drawing.by_id.get) is None:
            findings.draft(
                association,
                "The data association computes something, and no variable takes it.",
                "Give its target the name of a variable, or compute it in a script task.",
            )
