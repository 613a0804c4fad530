"""A business rule task names no decision.

There is nothing it could decide. Name the decision and the variable that gets its result, or give
it a job. A draft: somebody has to choose the decision.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.extensions import written_on
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import C


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the settings of every business rule task."""
    for task in drawing.all("businessRuleTask", "globalBusinessRuleTask"):
        settings = written_on(task)
        decided = any(
            child.tag == C + "decision" and (child.get("ref") or "").strip() for child in settings
        )
        if not decided and not any(child.tag == C + "job" for child in settings):
            findings.draft(
                task,
                "The business rule task names no decision.",
                'Give it <corral:decision ref="..." result="..."/>.',
            )
