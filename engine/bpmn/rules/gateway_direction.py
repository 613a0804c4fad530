"""The flows of a gateway do not fit the direction it is marked with.

A converging gateway joins: it has one way out. A diverging one splits: it has one way in. A mixed
one does both. Correct the mark, or split the gateway in two. A warning: the flows count, the mark
has no effect on a run.

Source: BPMN 2.0.2, 8.4.9 and 10.6.1 (``gatewayDirection``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the mark of every gateway with its flows."""
    for gateway in drawing.gateways:
        direction = (gateway.get("gatewayDirection") or "").strip()
        several_in = len(drawing.incoming(gateway)) > 1
        several_out = len(drawing.outgoing(gateway)) > 1
        wanted = {
            "Converging": (True, False),
            "Diverging": (False, True),
            "Mixed": (True, True),
        }.get(direction, (several_in, several_out))
        if (several_in, several_out) != wanted:
            findings.warning(
                gateway,
                f"It is marked as {direction.lower()}, and its flows say otherwise.",
                "Correct the mark, or connect the gateway as it says.",
            )
