"""Multi-instance: the list an activity runs for, and the variable of each item."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings, inner
from engine.bpmn.problems import Findings
from engine.bpmn.xml import N


def translate(settings: Settings, findings: Findings) -> None:
    """Write the neutral attributes ``collection`` and ``item`` of a loop marker."""
    marker = settings.element
    collection = settings.text("collection")
    for element in settings.take("collection"):
        texts = [(one.text or "").strip() for one in inner(element, "expression", "string")]
        collection = collection or "".join(texts[:1])
        for code in filter(None, (element.get("class"), element.get("delegateExpression"))):
            findings.draft(
                marker,
                f"The list comes from the code '{code}', which does not exist here.",
                "Put the list into a variable and name that.",
            )
    item = settings.text("elementVariable")
    if collection and not marker.get(N + "collection"):
        marker.set(N + "collection", collection)
    if item and not marker.get(N + "item"):
        marker.set(N + "item", item)


__all__ = ["translate"]
