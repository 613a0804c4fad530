"""A gateway has one way in and one way out.

It neither splits nor joins anything. Delete it, or connect what is missing. An info: it has no
meaning for a run.

Source: BPMN 2.0.2, 10.6.1 (a gateway has several incoming or several outgoing flows).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the flows of every gateway."""
    for gateway in drawing.gateways:
        if len(drawing.incoming(gateway)) == 1 == len(drawing.outgoing(gateway)):
            findings.info(gateway, "The gateway has one way in and one way out: it does nothing.")
