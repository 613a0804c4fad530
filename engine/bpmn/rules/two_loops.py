"""An activity has two loop markers.

It is repeated as long as a condition holds, or run for each item of a list, not both. Put one of
them around the other with a sub-process. An error: which loop is the inner one is not said, and
no modeler draws it.

Source: BPMN 2.0.2, 10.3.8 (an activity has at most one ``loopCharacteristics``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the markers of every activity."""
    seen: set[Element | None] = set()
    for marker in drawing.all("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"):
        activity = marker.getparent()
        if activity is not None and activity in seen:
            findings.error(
                activity,
                "The activity has two loop markers.",
                "Remove one, or put a sub-process with one loop around the other.",
            )
        seen.add(activity)
