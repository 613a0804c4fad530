"""A multi-instance activity has a number of instances and a list to go through.

The number counts, and the list is not gone through. Keep the one that is meant. A warning: it
runs with the number.

Source: BPMN 2.0.2, 10.3.8 (``loopCardinality`` and ``loopDataInputRef`` exclude each other).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, N, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every multi-instance marker."""
    for marker in drawing.all("multiInstanceLoopCharacteristics"):
        listed = text_of(marker.find(B + "loopDataInputRef")) or marker.get(N + "collection")
        activity = marker.getparent()
        if activity is not None and listed and text_of(marker.find(B + "loopCardinality")):
            findings.warning(
                activity,
                "It has a number of instances and a list: the number counts.",
                "Remove the one that is not meant.",
            )
