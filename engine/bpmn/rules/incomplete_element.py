"""An element lacks an attribute or a part without which it says nothing.

An association needs its two ends, an operation the message it takes, a correlation property the
expression that reads it. Complete the element, or delete it. A draft where it would decide which
instance gets a message or what a variable holds, else a warning: it is only shown.

Source: BPMN 2.0.2, ``Semantic.xsd`` (required attributes and elements).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.schema import PARTS
from engine.bpmn.xml import B
from engine.definitions import Severity


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for everything the schema requires and no other rule looks for."""
    for part in PARTS:
        note = findings.draft if part.severity is Severity.DRAFT else findings.warning
        for element in drawing.all(part.owner):
            missing = [one for one in part.attributes if not (element.get(one) or "").strip()]
            missing += [one for one in part.children if element.find(B + one) is None]
            if missing:
                what = " and ".join(missing)
                note(element, f"'{part.owner}' has no {what}.", f"Add {what}, or delete it.")
