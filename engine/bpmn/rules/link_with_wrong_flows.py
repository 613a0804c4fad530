"""A flow leads to a catching link event, or leaves a throwing one.

A throwing link ends a path and its counterpart takes it up: they stand for one flow. Take the
flow off, or use another event. A draft: somebody has to say which way the path goes.

Source: BPMN 2.0.2, 10.5.4 (a link event is not both target and source of a sequence flow).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings

_CURE = "Take the flow off, or draw an event without a link."


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the flows of every link event."""
    for event in drawing.all("intermediateCatchEvent"):
        if "link" in drawing.trigger_words(event) and drawing.incoming(event):
            findings.draft(event, "A flow leads to the catching link event.", _CURE)
    for event in drawing.all("intermediateThrowEvent"):
        if "link" in drawing.trigger_words(event) and drawing.outgoing(event):
            findings.draft(event, "A flow leaves the throwing link event.", _CURE)
