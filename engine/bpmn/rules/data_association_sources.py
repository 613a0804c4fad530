"""A data association has several sources and no transformation.

One value has to come out of several, and nothing says how. Write a transformation or assignments,
or draw one association a source. A draft: somebody has to say how.

Source: BPMN 2.0.2, 10.4.1 (several sources only with a transformation).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the sources of every data association."""
    for association in drawing.all("dataInputAssociation", "dataOutputAssociation"):
        sources = len(association.findall(B + "sourceRef"))
        says_how = any(
            association.find(B + tag) is not None for tag in ("transformation", "assignment")
        )
        if sources > 1 and not says_how:
            findings.draft(
                association,
                f"It has {sources} sources, and nothing says what becomes of them.",
                "Write a transformation, or draw one association for each source.",
            )
