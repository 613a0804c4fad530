"""An event stands for several triggers and does not say which.

It is drawn as a multiple event, and the modeler wrote a cancellation and a termination in place of
the triggers, which together mean nothing. Give the event its triggers, or draw what is meant: an
event-based gateway in front of several events, an end event for each result. A draft: somebody
has to choose them.

Source: BPMN 2.0.2, 10.5.5 (multiple events have several event definitions).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look for events with this pair of definitions and no other."""
    for event in drawing.events:
        if drawing.is_bare_multiple(event):
            findings.draft(
                event,
                "The event stands for several triggers and does not say which.",
                "Give it its triggers, or draw an event for each of them.",
            )
