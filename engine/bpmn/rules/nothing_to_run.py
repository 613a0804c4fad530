"""A document holds no flow node: a choreography, a conversation or empty pools.

It is kept as a drawing and cannot be started.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import nodes, scopes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for any flow node in a process."""
    if not any(nodes(scope) for scope in scopes(drawing.root)):
        findings.warning(
            drawing.root,
            "The document holds nothing that could run.",
            "Draw a process, or keep the file as a drawing.",
        )
