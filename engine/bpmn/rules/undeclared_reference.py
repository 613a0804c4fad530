"""A message, signal, error or escalation is referred to and not declared.

It gets a name that nobody chose: the reference itself. Declare it and choose its name.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.references import REFERENCES, declarations
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local, plain_name


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare every reference with what the document declares."""
    known = {kind: set(declarations(drawing.root, kind)) for _, kind in REFERENCES.values()}
    for element in drawing.root.iter():
        if local(element) not in REFERENCES:
            continue
        attribute, kind = REFERENCES[local(element)]
        reference = plain_name(element.get(attribute))
        if reference and reference not in known[kind]:
            findings.draft(
                element,
                f"It refers to the {kind} '{reference}', which is not declared.",
                f"Declare the {kind} and choose its name.",
            )
