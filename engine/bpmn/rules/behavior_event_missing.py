"""A multi-instance activity throws events when instances complete, and does not say which.

With the behaviour ``None`` every instance throws an event, with ``One`` the first, with
``Complex`` those of its definitions. Name the event, or set the behaviour to ``All``. A draft:
somebody has to name it.

Source: BPMN 2.0.2, 10.3.8 (``behavior`` and what belongs to each value).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element

_ATTRIBUTES = {"none": "noneBehaviorEventRef", "one": "oneBehaviorEventRef"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for what belongs to the behaviour of every multi-instance marker."""
    for marker in drawing.all("multiInstanceLoopCharacteristics"):
        activity = marker.getparent()
        if activity is not None and not _complete(marker):
            findings.draft(
                activity,
                f"Its behaviour is {marker.get('behavior')}, and the event to throw is missing.",
                "Name the event, or set the behaviour to All.",
            )


def _complete(marker: Element) -> bool:
    behaviour = (marker.get("behavior") or "").strip().lower()
    if behaviour == "complex":
        return marker.find(B + "complexBehaviorDefinition") is not None
    return behaviour not in _ATTRIBUTES or bool(marker.get(_ATTRIBUTES[behaviour]))
