"""A boundary event is attached to nothing that runs.

It could never happen. Attach it to a task, call activity or sub-process of the same scope.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import ACTIVITIES, local, nodes, plain_name, scopes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for the host of every boundary event."""
    for scope in scopes(drawing.root):
        here = nodes(scope)
        hosts = {node.get("id") for node in here if local(node) in ACTIVITIES}
        for event in here:
            if local(event) == "boundaryEvent":
                host = plain_name(event.get("attachedToRef"))
                if host not in hosts:
                    what = f"'{host}', which is no activity here" if host else "nothing"
                    findings.error(
                        event,
                        f"The boundary event is attached to {what}: it can never happen.",
                        "Attach it to a task, a call activity or a sub-process.",
                    )
