"""A flow of an executable process says that other work may happen on its way.

That is for drawings that leave things out. A token of a running process goes on at once. Take
``isImmediate="false"`` off, or draw what happens in between. A warning: the mark has no effect on
a run.

Source: BPMN 2.0.2, 8.4.13 (``isImmediate`` is not false in an executable process).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import process_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the flows of processes that say that they are executable."""
    for flow in drawing.flows:
        process = process_of(flow)
        if process is None or not says(process, "isExecutable"):
            continue
        if not says(flow, "isImmediate", otherwise=True):
            findings.warning(
                flow,
                "It says that other work may happen on its way; the token goes on at once.",
                "Draw what happens in between, or take the mark off.",
            )
