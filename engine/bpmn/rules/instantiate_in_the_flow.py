"""An element that creates instances is not where a process begins.

With ``instantiate`` set, the message creates the instance; so no flow leads to it, and it stands
in the process itself. Draw a message start event, or take the mark off. An error for a gateway,
which contradicts itself; a draft for a receive task and inside sub-processes, where modelers let
people set the mark.

Source: BPMN 2.0.2, 10.3.3 and 10.6.6 (no incoming flows where ``instantiate`` is true).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local

_CURE = "Draw a message start event, or take the mark 'instantiate' off."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the place of everything that creates instances."""
    for element in drawing.all("receiveTask", "eventBasedGateway"):
        if not says(element, "instantiate"):
            continue
        scope = drawing.scope_of(element)
        if drawing.incoming(element):
            report = findings.draft if local(element) == "receiveTask" else findings.error
            report(element, "It creates instances, and a flow leads to it.", _CURE)
        elif scope is not None and local(scope) != "process":
            findings.draft(element, "It creates instances and stands in a sub-process.", _CURE)
