"""Puts a message start event in front of receive tasks and event gateways that create instances."""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, add, flows, local, nodes, scopes

ORDER = 130


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Rewrite what has ``instantiate="true"`` and no incoming flow."""
    for scope in scopes(root):
        fed = {flow.get("targetRef") for flow in flows(scope)}
        for node in nodes(scope):
            if node.get("instantiate") != "true" or node.get("id") in fed:
                continue
            if local(node) == "receiveTask":
                _start_with(scope, node, names)
                findings.info(node, "It creates instances; a message start event does it now.")
            elif local(node) == "eventBasedGateway":
                findings.info(node, "It creates instances; the events behind it do it now.")
                _start_with_each(scope, node, names)


def _start_with(scope: Element, task: Element, names: Names) -> None:
    start = add(scope, "startEvent", names)
    if task.get("name"):
        start.set("name", task.get("name", ""))
    definition = add(start, "messageEventDefinition", names)
    if task.get("messageRef"):
        definition.set("messageRef", task.attrib.pop("messageRef"))
    holder = task.find(B + "extensionElements")
    if holder is not None:
        # The correlation key belongs to the event that catches the message.
        start.insert(0, holder)
    ends = {"sourceRef": start.get("id", ""), "targetRef": task.get("id", "")}
    add(scope, "sequenceFlow", names, **ends)
    task.tag = B + "task"
    del task.attrib["instantiate"]


def _start_with_each(scope: Element, gateway: Element, names: Names) -> None:
    targets = {
        flow.get("targetRef"): flow
        for flow in flows(scope)
        if flow.get("sourceRef") == gateway.get("id")
    }
    for node in nodes(scope):
        flow = targets.get(node.get("id"))
        if flow is None:
            continue
        scope.remove(flow)
        if local(node) == "receiveTask":
            _start_with(scope, _instantiating(node), names)
        else:
            node.tag = B + "startEvent"
    scope.remove(gateway)


def _instantiating(task: Element) -> Element:
    task.set("instantiate", "true")
    return task
