"""A resource role names a resource and an expression that finds one.

It is one or the other; nobody can tell which counts. Remove one of the two. A warning: queues
decide who performs an activity here, so it has no effect.

Source: BPMN 2.0.2, 10.3.1 (``resourceRef`` or ``resourceAssignmentExpression``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B

_ROLES = ("resourceRole", "performer", "humanPerformer", "potentialOwner")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for both in every role."""
    for role in drawing.all(*_ROLES):
        parts = (role.find(B + tag) for tag in ("resourceRef", "resourceAssignmentExpression"))
        if all(part is not None for part in parts):
            findings.warning(
                role,
                "It names a resource and an expression.",
                "Remove one of the two, and name the queue of the activity.",
            )
