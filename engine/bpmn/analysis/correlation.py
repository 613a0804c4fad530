"""Whether decisions are free of each other, or look at the same variables."""

from __future__ import annotations

from collections.abc import Iterable

from engine.bpmn.analysis import effects
from engine.bpmn.drawing import Drawing
from engine.bpmn.xml import B, Element


def reads(drawing: Drawing, decider: Element) -> frozenset[str]:
    """Return the variables that the conditions on the flows out of ``decider`` look at."""
    known: dict[Element, frozenset[str]] = drawing.remembered("decision_reads", dict)
    if decider not in known:
        conditions = (
            effects.expression(flow.find(B + "conditionExpression"))
            for flow in drawing.outgoing(decider)
        )
        known[decider] = frozenset().union(*(found.reads for found in conditions if found))
    return known[decider]


def free(drawing: Drawing, deciders: Iterable[Element]) -> bool:
    """Say whether no two of ``deciders`` look at one variable: then any outcomes go together."""
    seen: set[str] = set()
    for decider in deciders:
        looked_at = reads(drawing, decider)
        if seen & looked_at:
            return False
        seen |= looked_at
    return True
