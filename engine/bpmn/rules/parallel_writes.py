"""Two elements that run side by side set the same variable.

All tokens of a process share its variables, so the one that completes last wins, and which one
that is changes from instance to instance. Give the two variables different names, or set the
variable behind the join.

Looked at are scripts, outputs of jobs and mappings, results of decisions, the agent who completed
a user task, and lists that multi-instance activities give back. A warning: it runs, and now and
then it is not what was meant. Fields of forms are not known here.

Source: BPMN 2.0.2, 10.4.2 (data objects are visible in the whole scope).
"""

from __future__ import annotations

from collections import defaultdict

from engine.bpmn.analysis import effects
from engine.bpmn.analysis.correlation import free
from engine.bpmn.analysis.graph import Graph, Kind
from engine.bpmn.analysis.tokens import TokenFlow, token_flows
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local

#: Elements that set variables in one scope, and pairs of them, that are compared.
WRITERS, PAIRS = 2_000, 20_000


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the elements of each scope that set one variable."""
    for flow in token_flows(drawing).values():
        if _has_parallel_ways(flow.graph):
            _check_scope(drawing, flow, findings)


def _has_parallel_ways(graph: Graph) -> bool:
    return (not graph.one_entry and len(graph.entries) > 1) or any(
        any(way.kind is Kind.BESIDE for way in out)
        or (len(out) > 1 and local(node) not in ("exclusiveGateway", "eventBasedGateway"))
        for node, out in zip(graph.nodes, graph.out, strict=True)
    )


def _check_scope(drawing: Drawing, flow: TokenFlow, findings: Findings) -> None:
    shared = _shared(drawing, flow)
    if not shared:
        return
    order = _Order(drawing, flow, {node for found in shared.values() for node in found})
    left = PAIRS
    for name, found in shared.items():
        for place, node in enumerate(found):
            for earlier in found[:place]:
                left -= 1
                if left < 0:
                    return
                if order.is_open(earlier, node) and _meet(drawing, flow, earlier, node):
                    _note(flow, earlier, node, name, findings)
                    break


def _shared(drawing: Drawing, flow: TokenFlow) -> dict[str, list[int]]:
    """Return by variable the nodes that set it, where there are several."""
    writers: dict[str, list[int]] = defaultdict(list)
    for node in sorted(flow.order):
        element = flow.graph.nodes[node]
        if not local(element).endswith("Gateway"):
            for name in sorted(effects.writes(drawing, element)):
                writers[name].append(node)
    return {name: found for name, found in writers.items() if len(found) > 1}


def _meet(drawing: Drawing, flow: TokenFlow, one: int, other: int) -> bool:
    return flow.meet(one, other) and free(drawing, flow.deciders(one, other))


class _Order:
    """Which of some nodes come before which, in one round of every loop."""

    def __init__(self, drawing: Drawing, flow: TokenFlow, wanted: set[int]) -> None:
        """Find it in one walk against the flow, with a bit for each node that is wanted."""
        self._bit = {node: 1 << place for place, node in enumerate(sorted(wanted)[:WRITERS])}
        self._behind: dict[int, int] = {}
        #: By node: what comes behind the activity that it runs beside, and outlasts it.
        self._outlasted: dict[int, int] = {}
        for node in reversed(flow.order):
            found = dict.fromkeys(Kind, 0)
            for way in flow.graph.out[node]:
                if way.number not in flow.back:
                    behind = self._behind.get(way.target, 0) | self._bit.get(way.target, 0)
                    found[way.kind] |= behind
            self._behind[node] = found[Kind.FLOW] | found[Kind.INSTEAD] | found[Kind.BESIDE]
            if found[Kind.BESIDE] and effects.waits(drawing, flow.graph.nodes[node]):
                for early in _at_once(drawing, flow.graph, node):
                    self._outlasted[early] = found[Kind.FLOW] | found[Kind.INSTEAD]

    def is_open(self, one: int, other: int) -> bool:
        """Say whether neither of two nodes comes before the other."""
        return not (self._comes_before(one, other) or self._comes_before(other, one))

    def _comes_before(self, one: int, other: int) -> bool:
        if one not in self._bit or other not in self._bit:
            return True  # beyond the bound: nothing is said
        return bool((self._behind[one] | self._outlasted.get(one, 0)) & self._bit[other])


def _at_once(drawing: Drawing, graph: Graph, host: int) -> set[int]:
    """Return what runs at once when an event beside ``host`` happens, while ``host`` waits."""
    beside = [way.target for way in graph.out[host] if way.kind is Kind.BESIDE]
    reached: set[int] = set()
    pending = beside
    while pending:
        node = pending.pop()
        if node not in reached and not effects.waits(drawing, graph.nodes[node]):
            reached.add(node)
            pending += [way.target for way in graph.out[node] if len(graph.into[way.target]) == 1]
    return reached


def _note(flow: TokenFlow, one: int, other: int, name: str, findings: Findings) -> None:
    graph = flow.graph
    findings.warning(
        graph.nodes[other],
        f"It sets '{name}', and so does '{graph.name(one)}' ({graph.nodes[one].get('id')}) "
        "at the same time: the last one wins.",
        "Use two variables, or set it behind the join.",
    )
