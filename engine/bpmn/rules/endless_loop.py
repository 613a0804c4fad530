"""Elements go round without ever waiting for anything, and nothing in the round can end it.

Nobody completes a user task, no message or timer holds the token: the engine would run the round
as fast as it can, until the step limit stops the instance with an incident. Put something that
waits into the loop, or a decision that changes its mind: its condition has to read a variable that
the loop sets.

A draft where no way leads out of the round at all; a warning where a decision could end it, and
nothing in the round changes a variable that its conditions read. Silent where a condition cannot
be read, looks at the time or reads nothing, and where another part of the process may set its
variables meanwhile.

Source: BPMN 2.0.2, 13.4.2 (a gateway decides by the data at the time the token arrives).
"""

from __future__ import annotations

from engine.bpmn.analysis import effects
from engine.bpmn.analysis.components import loops
from engine.bpmn.analysis.graph import Graph, Kind, graphs
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, local, text_of

_JOINS = {"parallelGateway", "inclusiveGateway", "complexGateway"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the rounds in each scope that hold nothing that waits."""
    for graph in graphs(drawing).values():
        reached = graph.after(graph.entries)
        for wide in loops(graph, reached):
            automatic = {n for n in wide if not effects.waits(drawing, graph.nodes[n])}
            for loop in loops(graph, automatic):
                _check_loop(drawing, graph, loop, findings)


def _check_loop(drawing: Drawing, graph: Graph, loop: set[int], findings: Findings) -> None:
    if any(_waits_for_others(graph, node, loop) for node in loop):
        return
    names = ", ".join(f"'{graph.name(node)}'" for node in sorted(loop)[:4])
    first = graph.nodes[min(loop)]
    deciders = [node for node in sorted(loop) if _can_leave(graph, node, loop)]
    if not deciders:
        findings.draft(
            first,
            f"It goes round for ever without waiting, with no way out: {names}.",
            "Put a user task, a message or a timer into the loop, or a gateway with a way out.",
        )
        return
    if any(_changes_anything(graph.nodes[node]) for node in loop):
        return
    looked_at = _looked_at(graph, deciders)
    if looked_at and not looked_at & _set_meanwhile(drawing, graph, loop):
        variables = ", ".join(f"'{name}'" for name in sorted(looked_at))
        findings.warning(
            first,
            f"It goes round without waiting, and nothing in it changes {variables}: {names}.",
            "Change what the condition reads inside the loop, or wait for something there.",
        )


def _waits_for_others(graph: Graph, node: int, loop: set[int]) -> bool:
    """Say whether a join in the loop waits for a token from outside it."""
    return local(graph.nodes[node]) in _JOINS and any(
        way.source not in loop for way in graph.into[node]
    )


def _can_leave(graph: Graph, node: int, loop: set[int]) -> bool:
    """Say whether a token may leave the loop at ``node`` instead of going on in it."""
    leaving = [way for way in graph.out[node] if way.target not in loop]
    if any(way.kind is Kind.INSTEAD for way in leaving):
        return True
    flows = [way for way in leaving if way.flow is not None]
    if local(graph.nodes[node]).endswith("Gateway"):
        return bool(flows) and local(graph.nodes[node]) != "parallelGateway"
    staying = [way for way in graph.out[node] if way.target in loop]
    return any(
        way.flow is not None and way.flow.find(B + "conditionExpression") is not None
        for way in staying
    )


def _changes_anything(element: Element) -> bool:
    """Say whether it sets variables whose names cannot be told from the drawing."""
    unread = (one for one in element.iter(B + "scriptTask") if effects.script(one) is None)
    decided = element.iter(B + "businessRuleTask")
    return any(True for _ in unread) or any(
        getattr(effects.settings(one).get("decision"), "result", None) is None for one in decided
    )


def _looked_at(graph: Graph, deciders: list[int]) -> frozenset[str]:
    """Return what the conditions read that could end the loop; empty when that is unknown."""
    found: set[str] = set()
    for node in deciders:
        if any(way.kind is Kind.INSTEAD for way in graph.out[node]):
            return frozenset()
        conditions = [
            holder
            for way in graph.out[node]
            if way.flow is not None
            and (holder := way.flow.find(B + "conditionExpression")) is not None
        ]
        reads = [_reads(holder) for holder in conditions]
        if not reads or not all(reads):
            return frozenset()
        found.update(*reads)
    return frozenset(found)


def _reads(holder: Element) -> frozenset[str]:
    compiled = effects.expression(holder)
    text = text_of(holder).lower()
    if compiled is None or any(word in text for word in ("now", "today", "random")):
        return frozenset()
    return compiled.reads


def _set_meanwhile(drawing: Drawing, graph: Graph, loop: set[int]) -> set[str]:
    """Return what is set in the loop, or by what does not surely come before it."""
    before = graph.before(loop) - loop
    written: set[str] = set()
    for number, node in enumerate(graph.nodes):
        if number not in before:
            written |= effects.writes(drawing, node)
    handlers = (one for one in graph.scope if one.get("triggeredByEvent") in ("true", "1"))
    return written.union(*(effects.writes(drawing, handler) for handler in handlers))
