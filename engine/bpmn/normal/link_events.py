"""Replaces pairs of link events by the sequence flow they stand for.

A link leads to the catching event of the same name in the same scope. One without counterpart is
reported by the rule ``unmatched-link``, one on another event by ``misplaced-trigger``.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, add, local, nodes, scopes

ORDER = 100


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Make both events pass-throughs with a flow from the throwing to the catching one."""
    for scope in scopes(root):
        throws: list[tuple[str, Element]] = []
        catches: dict[str, Element] = {}
        for event in nodes(scope):
            kind = local(event)
            for definition in event.findall(B + "linkEventDefinition"):
                name = link_name(event, definition)
                event.remove(definition)
                if kind == "intermediateThrowEvent":
                    throws.append((name, event))
                elif kind == "intermediateCatchEvent":
                    catches.setdefault(name, event)
                    event.tag = B + "intermediateThrowEvent"
        for name, event in throws:
            if name in catches:
                ends = {"sourceRef": event.get("id", ""), "targetRef": catches[name].get("id", "")}
                add(scope, "sequenceFlow", names, **ends)
                findings.info(event, f"The link '{name}' runs as a sequence flow to its target.")


def link_name(event: Element, definition: Element) -> str:
    """Return the name by which the two ends of a link find each other."""
    return (definition.get("name") or event.get("name") or "").strip()
