"""An ad-hoc sub-process holds a start or end event.

Its activities have no first and no last: each can be done when it is wanted. Delete the event, or
draw an ordinary sub-process. A draft: whether the order counts has to be decided.

Source: BPMN 2.0.2, 10.3.5 (no start or end events in an ad-hoc sub-process).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for such events directly in every ad-hoc sub-process."""
    for element in drawing.all("adHocSubProcess"):
        for node in drawing.nodes_in(element):
            if local(node) in ("startEvent", "endEvent"):
                findings.draft(
                    node,
                    "It stands in an ad-hoc sub-process, which has no beginning and no end.",
                    "Delete it, or draw an ordinary sub-process.",
                )
