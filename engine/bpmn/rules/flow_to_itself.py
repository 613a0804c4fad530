"""A gateway or an event is connected to itself.

A parallel gateway would wait for its own token, an event would repeat without end. Connect the
flow to the element where the loop begins. A warning: it runs as it is drawn. An activity that
leads back to itself is repeated, which may well be meant.

Source: BPMN 2.0.2, 8.4.13.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import EVENTS, GATEWAYS, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare both ends of every flow."""
    for flow in drawing.flows:
        source = drawing.source(flow)
        if source is None or source is not drawing.target(flow):
            continue
        if local(source) in EVENTS or local(source) in GATEWAYS:
            findings.warning(
                flow,
                "The flow leads back to where it begins, without anything in between.",
                "Connect it to the element where the loop is meant to go on.",
            )
