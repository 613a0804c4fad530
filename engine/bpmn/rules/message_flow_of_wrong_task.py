"""A message flow leads to a send task, or leaves a receive task.

A send task only sends and a receive task only receives, so this message is never taken or never
sent. Turn the flow round, or use a task that does both. A draft: modelers let people draw it, and
somebody has to say what was meant.

Source: BPMN 2.0.2, 10.3.3 (send task, receive task).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local

_WRONG = (("sourceRef", "receiveTask", "sends"), ("targetRef", "sendTask", "receives"))


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the tasks at both ends of every message flow."""
    for flow in drawing.all("messageFlow"):
        for end, tag, verb in _WRONG:
            task = drawing.referred(flow.get(end))
            if task is not None and local(task) == tag:
                findings.draft(
                    flow,
                    f"'{task.get('name') or task.get('id')}' is a {tag}, which never {verb}.",
                    "Turn the message flow round, or use a service task.",
                )
