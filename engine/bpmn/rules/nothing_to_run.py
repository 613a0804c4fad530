"""A document holds no flow node: a choreography, a conversation or empty pools.

Such a document is complete as a picture, and there is nothing that an engine could do with it. It
is stored, shown and cannot be started: ``draft``, because somebody may draw the process yet.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import nodes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for any flow node in a process."""
    if not any(nodes(scope) for scope in drawing.scopes):
        findings.draft(
            drawing.root,
            "The document holds nothing that could run.",
            "Draw a process with events and activities, or keep the file as a drawing.",
        )
