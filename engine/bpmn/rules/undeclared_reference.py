"""A message, signal, error or escalation is referred to and not declared.

It gets a name that nobody chose: the reference itself. Declare it and choose its name. A draft:
whoever sends or catches it has to know its name.

Source: BPMN 2.0.2, 8.4.3, 8.4.4, 8.4.11 and 10.5.5.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.references import REFERENCES, declarations
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare every reference with what the document declares."""
    known = {kind: declarations(drawing.root, kind) for _, kind in REFERENCES.values()}
    for tag, (attribute, kind) in REFERENCES.items():
        for element in drawing.all(tag):
            reference = plain_name(element.get(attribute))
            # What is there and of another kind is told by the rule ``reference-to-wrong-kind``.
            if reference and reference not in known[kind] and reference not in drawing.by_id:
                findings.draft(
                    element,
                    f"It refers to the {kind} '{reference}', which is not declared.",
                    f"Declare the {kind} and choose its name.",
                )
