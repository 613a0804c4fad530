"""An element of the BPMN namespace is unknown, or has a meaning that is not carried out.

Passing over it would run something else than what was drawn. Draw it with elements that run. What
is known, and what becomes of it, is listed in :mod:`engine.bpmn.vocabulary`.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.vocabulary import FATES
from engine.bpmn.xml import FLOW_NODES, B, Element, local

_BINDINGS = {"ioBinding", "participantBinding"}


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every BPMN element once."""
    for element in drawing.root.iter():
        kind = local(element)
        if not kind:
            continue
        if kind not in FATES:
            _unknown(element, kind, findings)
        elif kind in _BINDINGS:
            findings.draft(
                element,
                f"'{kind}' is not carried out.",
                "Pass values as variables and remove it.",
            )


def _unknown(element: Element, kind: str, findings: Findings) -> None:
    parent = element.getparent()
    inside = local(parent) if parent is not None else ""
    word = "event definition" if kind.endswith("EventDefinition") else "element"
    if word == "element" and inside in FLOW_NODES and element.tag.startswith(B):
        word = f"part of a {inside}"
    findings.error(
        element,
        f"'{kind}' is no {word} of BPMN 2.0 that can be run.",
        "Replace it by tasks, events and gateways that can, or remove it.",
    )
