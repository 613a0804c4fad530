"""Multi-instance of Camunda 8."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings
from engine.bpmn.problems import Findings
from engine.bpmn.xml import N

_NEUTRAL = {
    "inputCollection": "collection",
    "inputElement": "item",
    "outputCollection": "output",
    "outputElement": "output-item",
}


def translate(settings: Settings, findings: Findings) -> None:
    """Write the neutral attributes of a loop marker."""
    marker, loop = settings.element, settings.first("loopCharacteristics")
    if loop is None:
        return
    for theirs, ours in _NEUTRAL.items():
        value = (loop.get(theirs) or "").strip()
        if value and not marker.get(N + ours):
            marker.set(N + ours, value)


__all__ = ["translate"]
