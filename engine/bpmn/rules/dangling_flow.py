"""A sequence flow does not connect two flow nodes.

An end was never connected, or refers to something that is not in the file. Connect it, or delete
the flow. A draft: somebody has to say where it leads. An end at something that is no flow node is
an error of the rule ``flow-to-no-node``.

Source: BPMN 2.0.2, 8.4.13 (``sourceRef`` and ``targetRef`` of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import plain_name

_CURE = "Connect both ends of the flow to an element, or delete it."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at both ends of every flow."""
    for flow in drawing.flows:
        for attribute, verb in (("sourceRef", "begins"), ("targetRef", "ends")):
            end = plain_name(flow.get(attribute))
            if not end:
                findings.draft(flow, f"The flow {verb} at no element.", _CURE)
            elif drawing.referred(end) is None:
                findings.draft(flow, f"The flow refers to '{end}', which is no element.", _CURE)
