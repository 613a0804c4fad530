"""Adds the start event of a scope that has none: everything without an incoming flow starts.

Boundary events, compensation handlers and event sub-processes do not start this way. In a
sequential ad-hoc sub-process a gateway of the kind ``sequence`` lets them start one by one.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import (
    Element,
    N,
    Names,
    add,
    flows,
    is_triggered_by_event,
    local,
    nodes,
    scopes,
)

ORDER = 140


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Draw a start event and its flows where none is drawn."""
    for scope in scopes(root):
        here = nodes(scope)
        if not here or any(local(node) == "startEvent" for node in here):
            continue
        fed = {flow.get("targetRef") for flow in flows(scope)}
        first = [node for node in here if node.get("id") not in fed and _starts(node)]
        if not first:
            findings.draft(
                scope,
                "It has no start event and nothing without an incoming flow: nothing would start.",
                "Draw a start event in front of the first element.",
            )
            first = [node for node in here if _starts(node)][:1]
        start = add(scope, "startEvent", names)
        start.set(N + "implicit", "true")
        if scope.get(N + "adhoc") == "sequential":
            start = _one_at_a_time(scope, start, names)
        for node in first:
            ends = {"sourceRef": start.get("id", ""), "targetRef": node.get("id", "")}
            add(scope, "sequenceFlow", names, **ends)
        findings.info(scope, "No start event is drawn: what has no incoming flow starts.")


def _one_at_a_time(scope: Element, start: Element, names: Names) -> Element:
    gate = add(scope, "parallelGateway", names)
    gate.set(N + "kind", "sequence")
    ends = {"sourceRef": start.get("id", ""), "targetRef": gate.get("id", "")}
    add(scope, "sequenceFlow", names, **ends)
    return gate


def _starts(node: Element) -> bool:
    return (
        local(node) != "boundaryEvent"
        and node.get("isForCompensation") != "true"
        and node.get(N + "never") != "true"
        and not is_triggered_by_event(node)
    )
