"""A data store has no name.

It stands for something outside (a database, an archive), and nobody can tell for what. Give it a
name. An info: it has no meaning for a run.

Source: BPMN 2.0.2, 10.4.1 (data stores).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the references, and at the store behind each."""
    for reference in drawing.all("dataStoreReference"):
        store = drawing.referred(reference.get("dataStoreRef"))
        names = [one.get("name") for one in (reference, store) if one is not None]
        if not any((name or "").strip() for name in names):
            findings.info(reference, "The data store has no name.", "Give it a name.")
