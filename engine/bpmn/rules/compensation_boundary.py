"""A compensation event leads to its handler by a flow, or to what is no handler.

The activity that undoes the work stands beside the flow: an association leads to it, and it is
marked as a compensation activity. Draw the association and set the mark. A draft for a flow: how
it would go on behind the handler is not said. A warning for the missing mark: the activity undoes
the work all the same.

Source: BPMN 2.0.2, 10.7.1 and 10.5.4 (a compensation boundary event has an association and no
outgoing flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at what every compensation event on a boundary leads to."""
    for event in drawing.all("boundaryEvent"):
        if "compensate" not in drawing.trigger_words(event):
            continue
        if drawing.outgoing(event):
            findings.draft(
                event,
                "A flow leaves the compensation event, which has to lead to its handler.",
                "Draw an association to the activity that undoes the work.",
            )
        for handler in drawing.associated(event):
            if local(handler) in ACTIVITIES and not says(handler, "isForCompensation"):
                findings.warning(
                    handler,
                    "It undoes work and is not marked as a compensation activity.",
                    "Mark it as a compensation activity.",
                )
