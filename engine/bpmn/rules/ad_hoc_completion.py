"""An ad-hoc sub-process does not say when it is complete.

It is complete when all of its activities are. Write a completion condition when it should end
earlier. An info: the meaning is the same.

Source: BPMN 2.0.2, 10.3.5 (``completionCondition``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for the completion condition of every ad-hoc sub-process."""
    for element in drawing.all("adHocSubProcess"):
        if not text_of(element.find(B + "completionCondition")):
            findings.info(element, "It has no completion condition: it ends when all is done.")
