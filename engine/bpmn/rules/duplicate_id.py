"""Two elements have the same id.

References, histories and tokens would mean either of them. Give each its own id.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Note every BPMN element whose id an earlier one has."""
    seen: set[str] = set()
    for element in drawing.root.iter():
        known = element.get("id") if local(element) else None
        if known is None:
            continue
        if known in seen:
            findings.error(
                element,
                f"The id '{known}' is used twice; flows lead to the first element that has it.",
                "Give one of the elements another id.",
            )
        seen.add(known)
