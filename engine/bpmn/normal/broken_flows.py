"""Leaves out sequence flows that lead nowhere or cross a border, and puts others in their scope.

What is left out is reported by the rules ``dangling-flow`` and ``flow-across-border``.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, Names, flows, nodes, plain_name, scopes

ORDER = 80


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Keep the flows whose two ends are flow nodes of one scope."""
    everywhere = scopes(root)
    where = {node.get("id"): scope for scope in everywhere for node in nodes(scope)}
    for scope in everywhere:
        for flow in flows(scope):
            source, target = (plain_name(flow.get(end)) for end in ("sourceRef", "targetRef"))
            flow.set("sourceRef", source)
            flow.set("targetRef", target)
            home = where.get(source)
            # A hostile file may write the scope inside the flow.
            holds_home = home is not None and flow in home.iterancestors()
            if home is None or where.get(target) is not home or holds_home:
                scope.remove(flow)
            elif home is not scope:
                home.append(flow)
                findings.info(flow, "It was written in another scope than its two ends.")
