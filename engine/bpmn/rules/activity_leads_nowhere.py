"""No flow leaves an activity, and other paths lead to an end event.

The path ends behind the activity, as it would at an end event. Connect it, or draw an end event
behind it. A warning: that is what the standard says, and often a flow was forgotten.

Source: BPMN 2.0.2, 10.5.3 (with an end event, every path ends at one).
"""

from __future__ import annotations

from engine.bpmn.analysis.reached import unreached
from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the activities of every scope that has an end event."""
    ended = {event.getparent() for event in drawing.all("endEvent")}
    loose = set(unreached(drawing))  # reported by the rule unreachable
    for activity in drawing.activities:
        scope = activity.getparent()
        if drawing.outgoing(activity) or scope not in ended or activity in loose:
            continue
        aside = says(activity, "isForCompensation") or says(activity, "triggeredByEvent")
        aside = aside or _undoes(drawing, activity)
        if not aside and scope is not None and local(scope) != "adHocSubProcess":
            findings.warning(
                activity,
                "No flow leaves it: the path ends here, without an end event.",
                "Connect it to what happens next, or to an end event.",
            )


def _undoes(drawing: Drawing, activity: Element) -> bool:
    """Say whether a boundary event names ``activity`` as what undoes the work."""
    return any(local(other) == "boundaryEvent" for other in drawing.associated(activity))
