"""The lists of an element and the ends of the flows disagree.

A file says twice what is connected: each flow names its ends, each element lists its incoming and
outgoing flows. The ends of the flows count here. Save the diagram again in a modeler, which
writes both alike. A warning: another tool may read the lists. Files without any lists are not
reported.

Source: BPMN 2.0.2, 8.4.13 (``incoming`` and ``outgoing`` of a flow node).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, plain_name, text_of

_SIDES = (("outgoing", "sourceRef", "leaves"), ("incoming", "targetRef", "leads to"))


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the lists of every element with the flows that have it as an end."""
    for tag, end, verb in _SIDES:
        kept = drawing.all(tag)
        if not kept:
            continue
        listed: dict[Element | None, set[str]] = {}
        for entry in kept:
            listed.setdefault(entry.getparent(), set()).add(plain_name(text_of(entry)))
        flows = {flow.get("id", ""): plain_name(flow.get(end)) for flow in drawing.flows}
        for node in drawing.nodes:
            names, key = listed.get(node, set()), node.get("id", "")
            for name in sorted(names):
                if flows.get(name) != key:
                    _note(
                        node, f"It lists the flow '{name}', which is none that {verb} it.", findings
                    )
            ends = drawing.outgoing(node) if tag == "outgoing" else drawing.incoming(node)
            for flow in ends:
                if flow.get("id") and flow.get("id") not in names:
                    _note(node, f"It does not list the flow '{flow.get('id')}'.", findings)


def _note(node: Element, message: str, findings: Findings) -> None:
    findings.warning(node, message, "Open and save the diagram in a modeler.")
