"""An attribute that says yes or no says something else.

XML Schema knows ``true``, ``false``, ``1`` and ``0``. Any other word is taken as if the attribute
were absent, which may be the opposite of what was meant: write one of the four. A draft, because
nobody can tell what was meant; what only differs in upper and lower case is understood.

Source: BPMN 2.0.2, ``Semantic.xsd`` (attributes of the type ``xsd:boolean``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.schema import BOOLEANS
from engine.bpmn.xml import local

_WORDS = frozenset({"true", "false", "1", "0"})


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every such attribute."""
    for element in drawing.root.iter():
        if not BOOLEANS.isdisjoint(element.attrib) and local(element):
            for name in BOOLEANS.intersection(element.attrib):
                value = element.get(str(name), "")
                if value.strip().lower() not in _WORDS:
                    findings.draft(
                        element, f"{name} is '{value}'.", f"Set {name} to true or to false."
                    )
