"""A sub-process holds nothing.

It is passed at once. Draw what happens in it, or make it a call activity when the process is
drawn elsewhere. An info: an empty scope has one meaning.

Source: BPMN 2.0.2, 10.3.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for any flow node in every sub-process."""
    for element in drawing.all("subProcess", "transaction"):
        if not drawing.nodes_in(element):
            findings.info(element, "The sub-process holds nothing: it is passed at once.")
