"""A message or signal that is waited for or sent has no name.

People and other systems send it by its name; without one they would need the id that a modeler
made up. Give it a name. A draft, because only somebody who knows the other side can choose it.

Source: BPMN 2.0.2, 8.4.11 and 10.5.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.references import REFERENCES
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local

_NAMED = ("message", "signal")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at what is referred to."""
    seen: set[Element] = set()
    for tag, (attribute, kind) in REFERENCES.items():
        for element in drawing.all(tag) if kind in _NAMED else ():
            declared = drawing.referred(element.get(attribute))
            if declared is None or declared in seen or local(declared) != kind:
                continue
            seen.add(declared)
            if not (declared.get("name") or "").strip():
                findings.draft(
                    declared, f"The {kind} has no name.", f"Give the {kind} the name it is sent by."
                )
