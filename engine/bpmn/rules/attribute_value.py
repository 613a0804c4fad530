"""An attribute has a value that the standard does not list.

Such an attribute has a short list of values, and none of them was written, so nobody can tell
what was meant. Choose one of the list. A draft where the value decides what runs (how an event
gateway starts, what a multi-instance activity throws, the order in an ad-hoc sub-process), else a
warning.

Source: BPMN 2.0.2, ``Semantic.xsd`` (simple types).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.schema import ENUMERATIONS
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every such attribute."""
    for element in drawing.root.iter():
        if ENUMERATIONS.keys().isdisjoint(element.attrib) or not local(element):
            continue
        for name in ENUMERATIONS.keys() & element.attrib.keys():
            values, decides = ENUMERATIONS[str(name)]
            value = element.get(str(name), "").strip()
            if value in values:
                continue
            note = findings.draft if decides else findings.warning
            note(
                element,
                f"{name} is '{value}', which is none of its values.",
                f"Set {name} to one of: {', '.join(values)}.",
            )
