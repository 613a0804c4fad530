"""No flow leaves a start event.

The instance, or the sub-process, would be over as soon as it begins. Connect the start event to
what happens first. A draft: somebody has to connect it.

Source: BPMN 2.0.2, 10.5.2 (a start event is the source of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for start events without a way out."""
    for event in drawing.all("startEvent"):
        scope = event.getparent()
        if scope is not None and local(scope) == "adHocSubProcess":
            continue  # reported by the rule ad-hoc-start-or-end
        if not drawing.outgoing(event):
            findings.draft(
                event,
                "No flow leaves the start event: nothing would happen.",
                "Connect it to what happens first, or delete it.",
            )
