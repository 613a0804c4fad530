"""A choreography activity stands in a process, or an activity in a choreography.

A choreography shows messages between participants and belongs to none of them; a process is what
one of them does. The two are drawn in documents of their own. Draw a send or receive task, or
move the element. An error: no modeler lets people mix them, and there is no reading of it.

Source: BPMN 2.0.2, 11.1 and 11.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, CHOREOGRAPHY, SCOPES, local

_CHOREOGRAPHIES = frozenset({"choreography", "globalChoreographyTask", "subChoreography"})


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at what holds each activity of either kind."""
    for tags, places, word in (
        (CHOREOGRAPHY, SCOPES, "a process"),
        (ACTIVITIES, _CHOREOGRAPHIES, "a choreography"),
    ):
        for element in drawing.all(*sorted(tags)):
            parent = element.getparent()
            if parent is not None and local(parent) in places:
                findings.error(
                    element,
                    f"'{local(element)}' stands in {word}, which cannot hold it.",
                    "Draw a task that sends or receives, or move it to a diagram of its kind.",
                )
