"""Leaves out boundary events that are attached to no activity, with the flows out of them.

The rule ``boundary-without-host`` reports them.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import ACTIVITIES, Element, Names, flows, local, nodes, plain_name, scopes

ORDER = 90


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Keep the boundary events of activities in the same scope, and name their hosts plainly."""
    for scope in scopes(root):
        here = nodes(scope)
        hosts = {node.get("id") for node in here if local(node) in ACTIVITIES}
        lost: set[str] = set()
        for event in here:
            if local(event) != "boundaryEvent":
                continue
            host = plain_name(event.get("attachedToRef"))
            if host in hosts:
                event.set("attachedToRef", host)
            else:
                lost.add(event.get("id", ""))
                scope.remove(event)
        for flow in flows(scope) if lost else []:
            if flow.get("sourceRef") in lost:
                scope.remove(flow)
