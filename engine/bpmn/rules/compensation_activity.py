"""A compensation activity is part of the flow, or nothing ever needs it.

It runs when the work it belongs to has to be undone, never by a flow, and it is over before any
event could happen at its boundary. Take flows and boundary events off, and connect it to a
compensation event by an association. A draft for flows and boundary events: whether it runs in
the flow or undoes work has to be decided. A warning when nothing leads to it: it never runs.

Source: BPMN 2.0.2, 10.7.1 (a compensation activity has no incoming or outgoing sequence flows).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the surroundings of every compensation activity."""
    for activity in drawing.activities:
        if not says(activity, "isForCompensation"):
            continue
        if drawing.incoming(activity) or drawing.outgoing(activity):
            findings.draft(
                activity,
                "A flow leads to or from the compensation activity, which only runs to undo work.",
                "Take the flow off, or take the mark of compensation off.",
            )
        if drawing.boundary_events(activity):
            findings.draft(
                activity,
                "The compensation activity has boundary events, which nothing waits for.",
                "Take the boundary events off.",
            )
        linked = drawing.associated(activity)
        if not any(local(other) == "boundaryEvent" for other in linked):
            findings.warning(
                activity,
                "No compensation event leads to it: it never runs.",
                "Draw an association from the compensation event of the activity it undoes.",
            )
