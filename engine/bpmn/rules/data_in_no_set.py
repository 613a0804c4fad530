"""A data input is in no input set, or a data output in no output set.

The sets say what an activity needs before it starts, and what it gives. What is in none of them
is never needed and never given. Add it to a set. A warning: here data flows by its associations
and variables, whatever the sets say.

Source: BPMN 2.0.2, 10.4.1 (every data input is part of at least one input set).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, plain_name, text_of

_SIDES = (("input", "dataInput"), ("output", "dataOutput"))


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the sets of every specification with what it declares."""
    for specification in drawing.all("ioSpecification"):
        for word, tag in _SIDES:
            listed = {
                plain_name(text_of(entry))
                for group in specification.findall(f"{B}{word}Set")
                for entry in group.findall(f"{B}{tag}Refs")
            }
            for item in specification.findall(B + tag):
                if item.get("id") not in listed:
                    findings.warning(
                        item,
                        f"The data {word} is in no {word} set.",
                        f"Add it to the {word} set.",
                    )
