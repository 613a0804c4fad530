"""An implicit throw event is drawn in a process.

It is what a multi-instance activity throws when its instances complete, never an element of the
flow. Draw a throwing intermediate event. An error: no modeler draws it.

Source: BPMN 2.0.2, 10.5.4 and 10.3.8.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import SCOPES, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for them outside multi-instance markers."""
    for event in drawing.all("implicitThrowEvent"):
        around_it = event.getparent()
        if around_it is not None and local(around_it) in SCOPES:
            findings.error(
                event,
                "An implicit throw event stands in the flow.",
                "Draw a throwing intermediate event.",
            )
