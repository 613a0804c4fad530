"""A sequence flow leads to or from an event sub-process.

An event starts it, never a flow, and nothing goes on behind it. Take the flow off, or make it an
ordinary sub-process. An error: it contradicts itself, and modelers do not let people draw it.

Source: BPMN 2.0.2, 10.3.5 (an event sub-process has no incoming or outgoing sequence flows).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the flows of every event sub-process."""
    for element in drawing.all("subProcess", "transaction", "adHocSubProcess"):
        if not says(element, "triggeredByEvent"):
            continue
        if drawing.incoming(element) or drawing.outgoing(element):
            findings.error(
                element,
                "A flow leads to or from the event sub-process, which only its event can start.",
                "Take the flow off, or make it an ordinary sub-process.",
            )
