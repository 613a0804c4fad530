"""Draws the gateway that several flows out of anything but a gateway stand for.

Without conditions they run in parallel (``fork``). With conditions every flow whose condition
holds is taken, with those that have none, and the default only when no condition held
(``conditional``).
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import (
    GATEWAYS,
    B,
    Element,
    N,
    Names,
    add,
    flows,
    local,
    nodes,
    scopes,
)

ORDER = 170


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Put a gateway behind each such element."""
    for scope in scopes(root):
        by_source: dict[str | None, list[Element]] = {}
        for flow in flows(scope):
            by_source.setdefault(flow.get("sourceRef"), []).append(flow)
        for node in nodes(scope):
            out = by_source.get(node.get("id"), [])
            conditional = any(flow.find(B + "conditionExpression") is not None for flow in out)
            if local(node) in GATEWAYS or (len(out) < 2 and not conditional):
                continue
            _split(scope, node, out, names, by_condition=conditional or bool(node.get("default")))
            if len(out) > 1:
                findings.info(node, f"Its {len(out)} outgoing flows run as a gateway behind it.")


def _split(
    scope: Element, node: Element, out: list[Element], names: Names, *, by_condition: bool
) -> None:
    gate = add(scope, "inclusiveGateway" if by_condition else "parallelGateway", names)
    gate.set(N + "kind", "conditional" if by_condition else "fork")
    if node.get("default"):
        gate.set("default", node.attrib.pop("default"))
    for flow in out:
        flow.set("sourceRef", gate.get("id", ""))
    ends = {"sourceRef": node.get("id", ""), "targetRef": gate.get("id", "")}
    add(scope, "sequenceFlow", names, **ends)
