"""A transaction is cancelled, or its cancellation caught, where there is none.

A cancel end event stands in a transaction, a cancel boundary event on one. Make the sub-process a
transaction, or use an error. An error: there is nothing that could be cancelled.

Source: BPMN 2.0.2, 10.5.3 and 10.5.4 (cancel events belong to transaction sub-processes).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import Element, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every cancel event."""
    for event in drawing.all("endEvent"):
        if drawing.is_bare_multiple(event):
            continue  # reported by the rule multiple-without-triggers
        if "cancel" in drawing.trigger_words(event) and not _in_transaction(event):
            findings.error(
                event,
                "It cancels a transaction and stands in none.",
                "Make the sub-process a transaction, or throw an error.",
            )
    for event in drawing.all("boundaryEvent"):
        host = drawing.node(event.get("attachedToRef"))
        if "cancel" not in drawing.trigger_words(event) or host is None:
            continue
        if drawing.is_bare_multiple(event):
            continue
        if local(host) != "transaction":
            findings.error(
                event,
                "It waits for the cancellation of what is no transaction.",
                "Attach it to a transaction, or catch an error.",
            )


def _in_transaction(event: Element) -> bool:
    return any(local(around) == "transaction" for around in event.iterancestors())
