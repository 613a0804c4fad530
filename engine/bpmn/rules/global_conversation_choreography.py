"""A global conversation refers to a choreography.

A global conversation can be called; it is not the view of a choreography. Draw a collaboration
for that. A warning: conversations are shown and never run.

Source: BPMN 2.0.2, 9.5 (``GlobalConversation`` must not contain ``choreographyRef``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look into every global conversation."""
    for conversation in drawing.all("globalConversation"):
        if conversation.find(B + "choreographyRef") is not None:
            findings.warning(
                conversation,
                "A global conversation refers to no choreography.",
                "Draw a collaboration instead, or remove the reference.",
            )
