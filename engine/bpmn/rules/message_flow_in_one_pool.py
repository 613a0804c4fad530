"""A message flow connects two elements of the same pool.

Within a pool sequence flows and data connect; messages go between participants. Draw a sequence
flow, or put the other side into a pool of its own. A draft: nobody can carry it out, and it is a
mistake that some modelers let people draw and that people can mend.

Source: BPMN 2.0.2, 7.6.2 and 9.4 (message flows connect two separate pools).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local, process_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the pools of both ends of every message flow."""
    for flow in drawing.all("messageFlow"):
        ends = [drawing.referred(flow.get(end)) for end in ("sourceRef", "targetRef")]
        pools = [_pool(drawing, end) for end in ends if end is not None]
        if len(pools) > 1 and pools[0] is not None and pools[0] is pools[1]:
            findings.draft(
                flow,
                "Both ends of the message flow are in the same pool.",
                "Connect them by a sequence flow, or put one side into a pool of its own.",
            )


def _pool(drawing: Drawing, end: Element) -> Element | None:
    """Return what stands for the pool: its process, or the pool itself when it is empty."""
    if local(end) == "participant":
        process = drawing.referred(end.get("processRef"))
        return end if process is None else process
    return process_of(end)
