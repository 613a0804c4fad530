"""Keeps event sub-processes from running that no event can trigger.

The rule ``event-sub-process-start`` reports them.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import (
    B,
    Element,
    N,
    Names,
    event_definitions,
    is_triggered_by_event,
    local,
    nodes,
)

ORDER = 120


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Mark those without a start event that has a trigger."""
    for element in root.iter(B + "subProcess"):
        if not is_triggered_by_event(element):
            continue
        starts = [node for node in nodes(element) if local(node) == "startEvent"]
        if not any(event_definitions(start) for start in starts):
            element.set("triggeredByEvent", "false")
            element.set(N + "never", "true")
