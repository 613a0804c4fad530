"""A conversation or choreography task has fewer than two participants, or begins with none of them.

Messages go between two sides. A choreography task names two participants, and one of them begins.
Add the missing one. A warning: both are shown and never run.

Source: BPMN 2.0.2, 9.5 and 11.5.1.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the participants, and look up who begins."""
    for element in drawing.all("conversation", "choreographyTask"):
        names = {plain_name(text_of(one)) for one in element.findall(B + "participantRef")}
        first = plain_name(element.get("initiatingParticipantRef"))
        if len(names) < 2:
            findings.warning(
                element, "It has fewer than two participants.", "Add the missing participant."
            )
        elif first and first not in names:
            findings.warning(
                element,
                f"'{first}' begins, and does not take part.",
                "Choose one of its participants to begin.",
            )
