"""A multi-instance activity goes through data that is not marked as a collection.

There is one instance for each item of the list, so what it goes through has to be a list. Mark
the data object or its type as a collection, or choose another. A warning: what the variable holds
when the activity is reached decides.

Source: BPMN 2.0.2, 10.3.8 (``loopDataInputRef`` is a collection).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the data behind each marker."""
    for marker in drawing.all("multiInstanceLoopCharacteristics"):
        for tag in ("loopDataInputRef", "loopDataOutputRef"):
            item = drawing.referred(text_of(marker.find(B + tag)))
            if item is not None and not _is_collection(drawing, item):
                findings.warning(
                    marker,
                    f"'{item.get('name') or item.get('id')}' is not marked as a collection.",
                    "Mark it as a collection, or go through another list.",
                )


def _is_collection(drawing: Drawing, item: Element) -> bool:
    behind = drawing.referred(item.get("dataObjectRef"))
    kinds = (
        drawing.referred(one.get("itemSubjectRef")) for one in (item, behind) if one is not None
    )
    marked = (one for one in (item, behind, *kinds) if one is not None)
    return any(says(one, "isCollection") for one in marked)
