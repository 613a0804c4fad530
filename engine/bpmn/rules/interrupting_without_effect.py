"""A start event outside an event sub-process says that it does not interrupt.

Only an event sub-process has something that its start event could interrupt. Take the mark off,
or make it an event sub-process. An info: it has no meaning for a run.

Source: BPMN 2.0.2, 10.5.2 (``isInterrupting`` applies to event sub-processes).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the start events of processes and ordinary sub-processes."""
    for event in drawing.all("startEvent"):
        scope = drawing.scope_of(event)
        inside_event = scope is not None and says(scope, "triggeredByEvent")
        if not inside_event and not says(event, "isInterrupting", otherwise=True):
            findings.info(event, "There is nothing here that this start event could interrupt.")
