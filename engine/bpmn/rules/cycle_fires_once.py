"""A repeating timer stands where it can fire only once.

An interrupting boundary event ends its activity, an intermediate event lets the flow go on: there
is nothing left that could be timed again. Write a duration, or let the boundary event not
interrupt. A warning: it fires once, after the first interval.

Source: BPMN 2.0.2, 10.5.4 (interrupting boundary events) and 10.5.5 (timer event definition).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, is_triggered_by_event, local, text_of


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every event with a cycle."""
    for timer in drawing.all("timerEventDefinition"):
        event = timer.getparent()
        if event is None or not _happens_once(event):
            continue
        text = text_of(timer.find(B + "timeCycle"))
        if text and not text.upper().startswith("R1/"):
            findings.warning(
                event,
                f"The cycle {text:.40} fires once here: it cannot happen again.",
                "Write a duration, or let the event not interrupt.",
            )


def _happens_once(event: Element) -> bool:
    kind, around = local(event), event.getparent()
    if kind == "boundaryEvent":
        return event.get("cancelActivity") not in ("false", "0")
    if kind == "startEvent" and around is not None and is_triggered_by_event(around):
        return event.get("isInterrupting") not in ("false", "0")
    return kind == "intermediateCatchEvent"
