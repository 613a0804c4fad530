"""A data association computes or copies something.

Variables carry the data here, so nothing would be copied. Do it in a script task, or with the
inputs and outputs of a job. Associations that only draw a line are passed over.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for assignments and transformations."""
    for tag in ("dataInputAssociation", "dataOutputAssociation"):
        for association in drawing.root.iter(B + tag):
            acting = association.find(B + "assignment"), association.find(B + "transformation")
            if any(found is not None for found in acting):
                findings.draft(
                    association,
                    "The data association assigns something, which is not carried out.",
                    "Set the variable in a script task, or use <corral:input> and <corral:output>.",
                )
