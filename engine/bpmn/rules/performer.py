"""A resource role names who performs an activity.

Queues decide that here, so the role has no effect. Name the queue on the user task.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B

_ROLES = ("resourceRole", "performer", "humanPerformer", "potentialOwner")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Note every role on an activity or process."""
    for tag in _ROLES:
        for role in drawing.root.iter(B + tag):
            findings.warning(
                role,
                "Who performs it is decided by queues; this role has no effect.",
                'Name the queue: <corral:userTask queue="..."/>.',
            )
