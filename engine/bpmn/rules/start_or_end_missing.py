"""A process or sub-process has start events and no end event, or the other way round.

Where neither is drawn everything without an incoming flow starts, and every path ends where
nothing follows; the same is done for the one that is missing. Draw it to say where the process
begins or ends. An info: the meaning is the same.

Source: BPMN 2.0.2, 10.5.2 and 10.5.3 (with a start event there is an end event, and conversely).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the kinds of events in every scope."""
    for scope in drawing.scopes:
        kinds = {local(node) for node in drawing.nodes_in(scope)}
        if "startEvent" in kinds and "endEvent" not in kinds:
            findings.info(scope, "It has a start event and no end event: paths end by themselves.")
        elif "endEvent" in kinds and "startEvent" not in kinds:
            findings.info(
                scope, "It has an end event and no start event: what nothing leads to starts."
            )
