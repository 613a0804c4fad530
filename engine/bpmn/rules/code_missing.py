"""An error or escalation is thrown without a code.

Who catches it looks at the code. Give it one. A draft when it has no name either; with a name,
which then stands for the code, a warning.

Source: BPMN 2.0.2, 8.4.3, 8.4.4 and 10.5.5 (what is thrown has a code).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local

_CODED = {"errorEventDefinition": "error", "escalationEventDefinition": "escalation"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look up the declaration of everything that is thrown."""
    seen: set[Element] = set()
    for event in drawing.all("endEvent", "intermediateThrowEvent"):
        for definition in drawing.triggers(event):
            word = _CODED.get(local(definition), "")
            thrown = drawing.referred(definition.get(f"{word}Ref")) if word else None
            if thrown is None or local(thrown) != word or thrown in seen:
                continue
            seen.add(thrown)
            if (thrown.get(f"{word}Code") or "").strip():
                continue
            cure = f"Give the {word} a code."
            if (thrown.get("name") or "").strip():
                findings.warning(thrown, f"The {word} has no code: its name stands for it.", cure)
            else:
                findings.draft(thrown, f"The {word} is thrown and has neither code nor name.", cure)
