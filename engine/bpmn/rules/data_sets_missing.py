"""An input/output specification has no input set, or no output set.

It needs one of each, even an empty one. Modelers write them; by hand they are easily forgotten.
Add them. An info: they have no meaning for a run.

Source: BPMN 2.0.2, 10.4.1 and ``Semantic.xsd`` (at least one of each).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for both kinds of set in every specification."""
    for specification in drawing.all("ioSpecification"):
        for word in ("input", "output"):
            if specification.find(f"{B}{word}Set") is None:
                findings.info(
                    specification,
                    f"The specification has no {word} set; an empty one is meant.",
                    f"Add an empty {word} set.",
                )
