"""Tokens of parallel ways are merged without waiting for each other.

Behind a parallel split, an inclusive gateway or a boundary event that does not interrupt, several
tokens are on their way. An exclusive gateway, an event or an activity with several incoming flows
lets each of them pass: everything behind runs once for each, with a second reply or a second user
task. Join parallel ways with a parallel gateway, ways that may be taken with an inclusive one.

A warning: it runs as the standard says, which is rarely what was meant. Silent where it cannot be
decided, and at end events, which end one token each.

Source: BPMN 2.0.2, 13.4.2 (each token that arrives at an exclusive gateway passes).
"""

from __future__ import annotations

from engine.bpmn.analysis.correlation import free
from engine.bpmn.analysis.graph import Way
from engine.bpmn.analysis.tokens import TokenFlow, Twice, token_flows
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the merges of every scope that several tokens pass."""
    for flow in token_flows(drawing).values():
        for twice in flow.twice:
            if free(drawing, twice.because):
                _note(flow, twice, findings)


def _note(flow: TokenFlow, twice: Twice, findings: Findings) -> None:
    node = flow.graph.nodes[twice.node]
    if local(node) in ("boundaryEvent", "startEvent"):
        return  # no flow may lead there; other rules say so
    one, other = (_source(flow, way) for way in twice.ways)
    decided = any(local(element) == "inclusiveGateway" for element in twice.because)
    findings.warning(
        node,
        f"Tokens from '{one}' and from '{other}' can both come: what follows runs for each.",
        f"Join them first, with {'an inclusive' if decided else 'a parallel'} gateway.",
    )


def _source(flow: TokenFlow, way: Way) -> str:
    return flow.graph.name(way.source)
