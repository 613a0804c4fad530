"""An element stands in two lanes of one lane set.

Lanes divide a process: each element is in one of them. Here the last lane gives the queue of a
user task. Move the element to one lane. A warning: it runs, perhaps in another queue than meant.

Source: BPMN 2.0.2, 10.8 (lanes partition the elements of their process).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the lanes of each lane set."""
    homes: dict[tuple[Element | None, str], Element | None] = {}
    for entry in drawing.all("flowNodeRef"):
        lane = entry.getparent()
        lanes = lane.getparent() if lane is not None else None
        name = plain_name(text_of(entry))
        other = homes.setdefault((lanes, name), lane)
        node = drawing.by_id.get(name)
        if other is not lane and node is not None and other is not None:
            findings.warning(
                node,
                f"It stands in two lanes, one of them '{other.get('name') or other.get('id')}'.",
                "Move it to one lane.",
            )
