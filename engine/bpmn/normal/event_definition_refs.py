"""Copies shared event definitions into the events that refer to them."""

from __future__ import annotations

from copy import deepcopy

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, event_definitions, plain_name, text_of

ORDER = 40


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Replace every ``eventDefinitionRef`` by what it refers to; drop it where that is missing."""
    shared = {found.get("id"): found for found in event_definitions(root)}
    for reference in list(root.iter(B + "eventDefinitionRef")):
        event = reference.getparent()
        if event is None:
            continue
        definition = shared.get(plain_name(text_of(reference)))
        if definition is None:
            findings.error(
                event,
                f"It refers to the event definition '{text_of(reference)}', which does not exist.",
                "Give the event its own trigger, or add the definition.",
            )
            event.remove(reference)
        else:
            copy = deepcopy(definition)
            copy.set("id", names.fresh(definition.get("id") or "definition"))
            copy.tail = reference.tail
            event.replace(reference, copy)
            findings.info(event, "The event definition it shares was copied into it.")
