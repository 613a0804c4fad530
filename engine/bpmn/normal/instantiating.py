"""Puts a message start event in front of receive tasks and event gateways that create instances.

Behind an exclusive event gateway each event becomes a start event. Behind a parallel one
(``eventGatewayType="Parallel"``) whichever event comes first starts the instance, which then waits
for all the others: each event gets a start event beside itself, that leads past it and to the
others.
"""

from __future__ import annotations

from copy import deepcopy

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, N, Names, add, flows, local, nodes, scopes

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
                if node.get("eventGatewayType") == "Parallel":
                    _start_with_any(scope, node, names)
                else:
                    _start_with_each(scope, node, names)


def _start_with(scope: Element, task: Element, names: Names) -> None:
    start = add(scope, "startEvent", names)
    if task.get("name"):
        start.set("name", task.get("name", ""))
    definition = add(start, "messageEventDefinition", names)
    if task.get("messageRef"):
        definition.set("messageRef", task.attrib.pop("messageRef"))
    _conversing(task, start)
    holder = task.find(B + "extensionElements")
    if holder is not None:
        # The correlation key belongs to the event that catches the message.
        start.insert(0, holder)
    ends = {"sourceRef": start.get("id", ""), "targetRef": task.get("id", "")}
    add(scope, "sequenceFlow", names, **ends)
    # People see the task they drew: it is over when its message has come.
    start.set(N + "as", task.get("id", ""))
    task.tag = B + "task"
    task.set(N + "implicit", "true")
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


def _start_with_any(scope: Element, gateway: Element, names: Names) -> None:
    leaving = [flow for flow in flows(scope) if flow.get("sourceRef") == gateway.get("id")]
    wanted = {flow.get("targetRef") for flow in leaving}
    events = [node for node in nodes(scope) if node.get("id") in wanted]
    starts = []
    for event in events:
        past = _fork(scope, names)
        for flow in flows(scope):
            if flow.get("sourceRef") == event.get("id"):
                flow.set("sourceRef", past.get("id", ""))
        _flow(scope, event, past, names)
        start = _beside(scope, event, names)
        fork = _fork(scope, names)
        _flow(scope, start, fork, names)
        _flow(scope, fork, past, names)
        starts.append((event, fork))
    for event, fork in starts:
        for other in events:
            if other is not event:
                _flow(scope, fork, other, names)
    for found in (*leaving, gateway):
        scope.remove(found)


def _beside(scope: Element, event: Element, names: Names) -> Element:
    """Return a start event with the triggers of ``event``, known to people by the same id."""
    start = add(scope, "startEvent", names)
    start.set(N + "as", event.get("id", ""))
    if event.get("name"):
        start.set("name", event.get("name", ""))
    _conversing(event, start)
    for child in event:
        if local(child) == "extensionElements" or local(child).endswith("EventDefinition"):
            start.append(deepcopy(child))
    if local(event) == "receiveTask":
        definition = add(start, "messageEventDefinition", names)
        if event.get("messageRef"):
            definition.set("messageRef", event.get("messageRef", ""))
    for found in start.iter():
        if found is not start and found.get("id"):
            found.set("id", names.fresh(found.get("id", "")))
    return start


def _conversing(node: Element, start: Element) -> None:
    if node.get(N + "conversation"):
        start.set(N + "conversation", node.get(N + "conversation", ""))


def _fork(scope: Element, names: Names) -> Element:
    gate = add(scope, "parallelGateway", names)
    gate.set(N + "kind", "fork")
    return gate


def _flow(scope: Element, source: Element, target: Element, names: Names) -> None:
    ends = {"sourceRef": source.get("id", ""), "targetRef": target.get("id", "")}
    add(scope, "sequenceFlow", names, **ends)


def _instantiating(task: Element) -> Element:
    task.set("instantiate", "true")
    return task
