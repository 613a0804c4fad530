"""A link event names another end that does not name it in return.

Here links find each other by their name, whatever their ``source`` and ``target`` say. Save the
diagram again in a modeler, or correct the two. A warning: another tool may follow them.

Source: BPMN 2.0.2, 10.5.5 (``source`` and ``target`` of a link event definition).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, plain_name, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare what both ends of every link say."""
    for definition in drawing.all("linkEventDefinition"):
        for tag, reverse in (("target", "source"), ("source", "target")):
            for reference in definition.findall(B + tag):
                other = drawing.referred(text_of(reference))
                event = definition.getparent()
                if event is None:
                    continue
                if other is None or definition.get("id") not in _named(other, reverse):
                    findings.warning(
                        event,
                        f"Its {tag} '{text_of(reference)}' does not name it as its {reverse}.",
                        "Correct the two ends, or remove them: the names count.",
                    )


def _named(definition: Element, tag: str) -> set[str]:
    return {plain_name(text_of(found)) for found in definition.findall(B + tag)}
