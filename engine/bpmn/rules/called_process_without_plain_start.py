"""A called process has no start event without a trigger.

A call activity starts the process it calls by itself; a message or timer start event waits for
something else. Draw a plain start event. A draft: somebody has to say where a call begins.
Processes of other files are looked at when they are called.

Source: BPMN 2.0.2, 10.5.2 (a process that is called has a none start event).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the processes of this file that it calls itself."""
    for call in drawing.all("callActivity"):
        process = drawing.referred(call.get("calledElement"))
        if process is None or local(process) != "process":
            continue
        starts = [node for node in drawing.nodes_in(process) if local(node) == "startEvent"]
        if starts and all(drawing.triggers(start) for start in starts):
            findings.draft(
                call,
                f"The process '{process.get('id')}' it calls has no plain start event.",
                "Draw a start event without a trigger in the called process.",
            )
