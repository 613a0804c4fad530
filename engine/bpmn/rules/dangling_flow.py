"""A sequence flow does not connect two flow nodes.

With an end that was never connected it is a draft: connect it or delete it. With an end that
refers to something that does not exist the file itself is broken, which is an error.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import FLOW_NODES, flows, local, plain_name, scopes

_CURE = "Connect both ends of the flow to an element, or delete it."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at both ends of every flow."""
    known = {node.get("id") for node in drawing.root.iter() if local(node) in FLOW_NODES}
    for scope in scopes(drawing.root):
        for flow in flows(scope):
            source, target = (plain_name(flow.get(end)) for end in ("sourceRef", "targetRef"))
            if not source or not target:
                end = "begins" if not source else "ends"
                findings.draft(flow, f"The flow {end} at no element.", _CURE)
            for end in (source, target):
                if end and end not in known:
                    findings.error(flow, f"The flow refers to '{end}', which is no element.", _CURE)
