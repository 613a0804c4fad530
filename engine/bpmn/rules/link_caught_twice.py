"""Two catching link events of one process or sub-process have the same name.

A link leads to one place. Give one of them another name, or draw one catching link with a gateway
behind it. An error: nobody could say where the path goes on.

Source: BPMN 2.0.2, 10.5.4 (a link has several sources and one target).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.normal.link_events import link_name
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the names of the catching links in each scope."""
    seen: set[tuple[Element | None, str]] = set()
    for event in drawing.all("intermediateCatchEvent"):
        for definition in drawing.triggers(event):
            name = link_name(event, definition)
            if local(definition) != "linkEventDefinition" or not name:
                continue
            if (event.getparent(), name) in seen:
                findings.error(
                    event,
                    f"Another link event named '{name}' catches the same link.",
                    "Give one of them another name.",
                )
            seen.add((event.getparent(), name))
