"""An element stands where the schema does not allow it.

A start event written into a lane, a task beside the process, a timer in a task: no modeler draws
it, and every reader would make something else of it. Move the element to where it belongs. An
error where it would be part of the flow; a draft where it would carry data or messages beside
it; a warning where it is only shown.

Source: BPMN 2.0.2, ``Semantic.xsd`` (content of each type).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.schema import PLACES
from engine.bpmn.vocabulary import FATES, Fate
from engine.bpmn.xml import local

#: Run, but found wherever they are, or reported as undeclared.
_HARMLESS = frozenset({"association", "message", "signal", "error", "escalation", "flowNodeRef"})

#: Carry data and messages beside the flow.
_BESIDE = frozenset(
    {
        "correlationKey",
        "correlationProperty",
        "correlationSubscription",
        "dataInput",
        "dataInputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataOutput",
        "dataOutputAssociation",
        "inputSet",
        "ioSpecification",
        "messageFlow",
        "outputSet",
        "participant",
        "property",
    }
)


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the place of every element with those it may have."""
    for element in drawing.root.iter():
        allowed = PLACES.get(local(element))
        parent = element.getparent()
        if allowed is None or parent is None:
            continue
        place = local(parent)
        if place in allowed or place in ("", "extensionElements") or place not in FATES:
            continue
        kind = local(element)
        note = findings.warning
        if kind in _BESIDE:
            note = findings.draft
        elif FATES[kind] is Fate.RUN and kind not in _HARMLESS:
            note = findings.error
        note(
            element,
            f"'{kind}' stands in '{place}', which cannot hold it.",
            f"Move it into one of: {', '.join(sorted(allowed))}.",
        )
