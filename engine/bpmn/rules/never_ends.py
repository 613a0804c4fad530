"""From an element on, the flow goes round and round and no end can be reached.

An instance that comes here never ends by itself: it stays in lists, statistics and storage. Draw a
way out of the loop. A warning: it runs, and some loops are stopped from outside. Silent where
something else ends the scope: a terminating end event, a boundary event around it or an event sub-
process in it.

Source: BPMN 2.0.2, 13.2 (a process completes when no token is left in it).
"""

from __future__ import annotations

from engine.bpmn.analysis.components import loops
from engine.bpmn.analysis.graph import Graph, graphs
from engine.bpmn.analysis.tokens import ends_early
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, is_triggered_by_event, nodes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for loops in each scope that nothing leaves."""
    for scope, graph in graphs(drawing).items():
        for loop in _closed_loops(graph):
            if ends_early(graph) or _ended_from_outside(drawing, scope):
                break
            first = min(loop)
            findings.warning(
                graph.nodes[first],
                "No end can be reached from here: the flow only goes round.",
                "Draw a way out of the loop, to an end event.",
            )


def _closed_loops(graph: Graph) -> list[set[int]]:
    ends = [node for node, out in enumerate(graph.out) if not out]
    lost = graph.after(graph.entries) - graph.before(ends)
    return [
        loop
        for loop in (loops(graph, lost) if lost else ())
        if all(way.target in loop for node in loop for way in graph.out[node])
    ]


def _ended_from_outside(drawing: Drawing, scope: Element) -> bool:
    return bool(drawing.boundary_events(scope)) or any(map(is_triggered_by_event, nodes(scope)))
