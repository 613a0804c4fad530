"""An event sub-process has no start event, several, or one without a trigger.

Its one start event says what it waits for. Give it exactly one start event with a message, timer,
error or other trigger; draw an event sub-process for each of several events. A draft: somebody
has to say which event is meant.

Source: BPMN 2.0.2, 10.3.5 and 10.5.2 (exactly one start event, which has a trigger).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the start events of every event sub-process."""
    for element in drawing.all("subProcess"):
        if not says(element, "triggeredByEvent"):
            continue
        starts = [node for node in drawing.nodes_in(element) if local(node) == "startEvent"]
        if len(starts) > 1:
            findings.draft(
                element,
                f"The event sub-process has {len(starts)} start events instead of one.",
                "Draw an event sub-process for each event.",
            )
        elif not any(drawing.triggers(start) for start in starts):
            findings.draft(
                element,
                "The event sub-process has no start event with a trigger: it never runs.",
                "Give its start event a message, timer, error or other trigger.",
            )
