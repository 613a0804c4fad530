"""A link event has no counterpart of its name in the same scope.

The path would end at a throwing link, and never come to a catching one. Draw the counterpart in
the same process or sub-process, or correct the name. A draft: somebody has to say where the path
goes on.

Source: BPMN 2.0.2, 10.5.4 (links connect places of one process level; each has a counterpart).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.normal.link_events import link_name
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local

_ENDS = (
    ("intermediateThrowEvent", "intermediateCatchEvent", "catches it: the path ends here"),
    ("intermediateCatchEvent", "intermediateThrowEvent", "leads to it: it never runs"),
)


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the names of both kinds of link in each scope."""
    links = {kind: _links(drawing, kind) for kind, _, _ in _ENDS}
    for kind, counterpart, verb in _ENDS:
        there = {(event.getparent(), name) for event, name in links[counterpart]}
        elsewhere = {name for _, name in links[counterpart]}
        for event, name in links[kind]:
            if (event.getparent(), name) in there:
                continue
            where = " (one of another scope cannot)" if name in elsewhere else ""
            findings.draft(
                event,
                f"No link event named '{name}' {verb}{where}.",
                "Draw the counterpart in the same process or sub-process, or correct the name.",
            )


def _links(drawing: Drawing, kind: str) -> list[tuple[Element, str]]:
    """Return the links that have a name; the others are reported by the rule link-name-missing."""
    named = (
        (event, link_name(event, definition))
        for event in drawing.all(kind)
        for definition in drawing.triggers(event)
        if local(definition) == "linkEventDefinition"
    )
    return [(event, name) for event, name in named if name]
