"""An association connects two flow nodes, where people may have meant a sequence flow.

Associations connect remarks and data with the flow; no token goes along them. Only a compensation
event and the activity that undoes the work are connected by one. Draw a sequence flow if one
element is to follow the other. A warning: it runs without that connection.

Source: BPMN 2.0.2, 8.4.1 and 7.6.1.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import FLOW_NODES, Element, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at both ends of every association."""
    for association in drawing.all("association"):
        source = drawing.referred(association.get("sourceRef"))
        target = drawing.referred(association.get("targetRef"))
        if source is None or target is None:
            continue
        nodes = local(source) in FLOW_NODES and local(target) in FLOW_NODES
        if nodes and not _compensates(drawing, source) and not _compensates(drawing, target):
            findings.warning(
                association,
                "It connects two flow nodes, and no token goes along an association.",
                "Draw a sequence flow, or delete the association.",
            )


def _compensates(drawing: Drawing, node: Element) -> bool:
    return local(node) == "boundaryEvent" and "compensate" in drawing.trigger_words(node)
