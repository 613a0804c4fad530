"""Two flows connect the same two elements in the same direction.

Both carry a token, so what is behind them may run twice. Delete one of them, or join their
conditions. A warning: it runs as it is drawn, which is rarely meant.

Source: BPMN 2.0.2, 8.4.13.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare every flow with those before it."""
    seen: set[tuple[str, str]] = set()
    for flow in drawing.flows:
        ends = plain_name(flow.get("sourceRef")), plain_name(flow.get("targetRef"))
        if all(ends) and ends in seen:
            findings.warning(
                flow,
                "Another flow connects the same two elements: what follows may run twice.",
                "Delete one of the two, or join their conditions with 'or'.",
            )
        seen.add(ends)
