"""A data association connects data of two types, and nothing converts them.

What is copied would have another shape than the target declares. Write a transformation, or give
both ends the same item definition. A warning: here values carry their own type, so it is copied
as it is.

Source: BPMN 2.0.2, 10.4.1 (same item definition at both ends unless there is a transformation).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, local, plain_name, text_of

_OBJECTS = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the declared types of both ends, where both declare one."""
    for association in drawing.all("dataInputAssociation", "dataOutputAssociation"):
        if any(association.find(B + tag) is not None for tag in ("transformation", "assignment")):
            continue
        ends = [
            drawing.referred(text_of(end))
            for tag in ("sourceRef", "targetRef")
            for end in association.findall(B + tag)
        ]
        types = {kind for end in ends if end is not None and (kind := _type(drawing, end))}
        if len(types) > 1:
            findings.warning(
                association,
                f"Its ends have different types: {', '.join(sorted(types))}.",
                "Write a transformation, or give both ends the same type.",
            )


def _type(drawing: Drawing, item: Element) -> str:
    known = plain_name(item.get("itemSubjectRef"))
    if known or local(item) not in _OBJECTS:
        return known
    behind = drawing.referred(item.get(_OBJECTS[local(item)]))
    return plain_name(behind.get("itemSubjectRef")) if behind is not None else ""
