"""A link event has no counterpart of its name in the same scope.

The flow would end at a throwing link, and never come to a catching one. Draw the counterpart, or
correct the name.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.normal.link_events import link_name
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, local, nodes, scopes


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the names of both kinds of link in each scope."""
    for scope in scopes(drawing.root):
        links = [
            (event, link_name(event, definition))
            for event in nodes(scope)
            for definition in event.findall(B + "linkEventDefinition")
        ]
        caught = {name for event, name in links if local(event) == "intermediateCatchEvent"}
        thrown = {name for event, name in links if local(event) == "intermediateThrowEvent"}
        for event, name in links:
            if local(event) == "intermediateThrowEvent" and name not in caught:
                findings.draft(
                    event,
                    f"No link event named '{name}' catches it: the flow ends here.",
                    "Draw the catching link event, or correct its name.",
                )
            elif local(event) == "intermediateCatchEvent" and name not in thrown:
                findings.warning(
                    event,
                    f"No link event named '{name}' leads to it: it never runs.",
                    "Draw the throwing link event, or correct its name.",
                )
