"""A lane lists an element that is in another process.

Lanes divide the elements of their own process. The element stands in another pool, and its lane
there counts. Take it off the list. A warning: it runs where it is drawn.

Source: BPMN 2.0.2, 10.8 (lanes partition the elements of their process).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import FLOW_NODES, local, process_of, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the process of every lane with those of what it lists."""
    for entry in drawing.all("flowNodeRef"):
        node = drawing.referred(text_of(entry))
        if node is None or local(node) not in FLOW_NODES:
            continue
        if process_of(node) is not process_of(entry):
            findings.warning(
                entry,
                f"'{node.get('name') or node.get('id')}' is in another process than this lane.",
                "Take it off the lane, or move it into the process of the lane.",
            )
