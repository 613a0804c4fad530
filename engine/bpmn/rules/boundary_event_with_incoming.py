"""A sequence flow leads to a boundary event.

It happens while its activity runs; it cannot be reached. Draw an intermediate event in the flow,
or take the flow off. An error: the two meanings exclude each other, and modelers do not let
people draw it.

Source: BPMN 2.0.2, 10.5.4 (a boundary event is not the target of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for flows to boundary events."""
    for event in drawing.all("boundaryEvent"):
        if drawing.incoming(event):
            findings.error(
                event,
                "A flow leads to the boundary event, which only its trigger can start.",
                "Draw an intermediate event in the flow, or take the flow off.",
            )
