"""An error, a cancellation or a compensation is caught without interrupting.

An error ends what it happens in, a cancellation ends its transaction, and what is compensated is
over already. Make the event interrupting, or use an escalation, which leaves the work running. An
error for an error or a cancellation: it contradicts itself. A draft for a boundary event of
compensation, where some tools write the mark without meaning it.

Source: BPMN 2.0.2, 10.5.2 and 10.5.4 (values of ``isInterrupting`` and ``cancelActivity``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing, says
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings

_CURE = "Make the event interrupting, or use an escalation instead."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the start events and boundary events that do not interrupt."""
    for event in drawing.all("startEvent"):
        if not says(event, "isInterrupting", otherwise=True):
            for word in sorted({"error", "compensate"} & drawing.trigger_words(event)):
                findings.error(event, f"It catches '{word}' and does not interrupt.", _CURE)
    for event in drawing.all("boundaryEvent"):
        if not says(event, "cancelActivity", otherwise=True):
            words = drawing.trigger_words(event)
            for word in sorted({"error", "cancel"} & words):
                findings.error(event, f"It catches '{word}' and does not interrupt.", _CURE)
            if "compensate" in words:
                findings.draft(
                    event,
                    "It says that compensation does not interrupt, which means nothing.",
                    'Take cancelActivity="false" off.',
                )
