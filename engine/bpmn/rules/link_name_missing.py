"""A link event has no name.

The two ends of a link find each other by their name. Give both the same one. A draft: somebody
has to choose it.

Source: BPMN 2.0.2, 10.5.5 (a link event definition has a name).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.normal.link_events import link_name
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for links that neither their definition nor their event names."""
    for event in drawing.all("intermediateCatchEvent", "intermediateThrowEvent"):
        for definition in drawing.triggers(event):
            if local(definition) == "linkEventDefinition" and not link_name(event, definition):
                findings.draft(
                    event,
                    "The link event has no name, so no other end can be found.",
                    "Give both ends of the link the same name.",
                )
