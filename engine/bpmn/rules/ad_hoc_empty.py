"""An ad-hoc sub-process holds no activity.

It offers activities to choose from, and there is none. Draw them. A draft: somebody has to supply
them.

Source: BPMN 2.0.2, 10.3.5 (an ad-hoc sub-process holds at least one activity).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for an activity in every ad-hoc sub-process."""
    for element in drawing.all("adHocSubProcess"):
        if not any(local(node) in ACTIVITIES for node in drawing.nodes_in(element)):
            findings.draft(
                element,
                "The ad-hoc sub-process holds no activity.",
                "Draw the activities that may be done in it.",
            )
