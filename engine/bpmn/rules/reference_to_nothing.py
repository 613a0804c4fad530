"""An element refers to something that is not in the document.

The other end was deleted, or its id was changed by hand. Correct the reference, or remove it. A
draft where the reference decides what a run does with data or messages; else a warning: what is
referred to is only shown, or a name stands in for it. References to messages, signals, errors and
escalations, flows and hosts of boundary events have rules of their own.

Source: BPMN 2.0.2, 15.3.2 (references lead to elements of the document, or of one it imports).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.references import TABLE, lost, named, referring
from engine.bpmn.rules import Surroundings
from engine.definitions import Severity


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Follow every reference of the table."""
    for reference in TABLE:
        note = findings.draft if reference.lost is Severity.DRAFT else findings.warning
        for owner, text in referring(drawing, reference):
            if lost(drawing, text):
                note(
                    owner,
                    f"{reference.by} refers to '{named(text)}', which does not exist.",
                    "Correct the reference, or remove it.",
                )
