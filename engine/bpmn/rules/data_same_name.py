"""Two data objects of one process or sub-process have the same name.

Data is kept in variables under the name of the data object, so both are one variable. Give one of
them another name, or draw two references to one data object. A warning: it runs that way.

Source: BPMN 2.0.2, 10.4.1 (several references to one data object).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the names of the data objects and properties in each scope."""
    seen: set[tuple[Element | None, str]] = set()
    for item in drawing.all("dataObject", "property"):
        place = item.getparent(), (item.get("name") or "").strip()
        # Modelers add properties of this sort to give data associations an end.
        if place[1] and not place[1].startswith("__") and place in seen:
            findings.warning(
                item,
                f"Other data here has the name '{place[1]}': both are one variable.",
                "Give it another name, or refer to one data object twice.",
            )
        seen.add(place)
