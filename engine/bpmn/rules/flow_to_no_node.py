"""A sequence flow begins or ends at something that is no flow node.

A text annotation, a group, a data object, a lane or a pool cannot take or give a token. Connect
the flow to a task, an event or a gateway; draw an association where a remark or data is meant. An
error: no token could go that way, and modelers draw an association there.

Source: BPMN 2.0.2, 7.6.1 and 8.4.1 (an artifact is neither source nor target of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import FLOW_NODES, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at what both ends of every flow lead to."""
    for flow in drawing.flows:
        for end in (drawing.source(flow), drawing.target(flow)):
            if end is not None and local(end) not in FLOW_NODES:
                findings.error(
                    flow,
                    f"An end of the flow is of the kind {local(end)}, which no token can reach.",
                    "Connect it to a task, an event or a gateway, or draw an association.",
                )
