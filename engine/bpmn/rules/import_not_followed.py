"""The document imports another one.

Nothing is fetched from an address in an upload. Processes, decisions and forms that are called by
their ids are found when they are deployed; deploy the files together. A warning for other
diagrams, because what they declare (messages, errors) is not read from there; an info for types
and services (XML Schema, WSDL), which have no meaning for a run.

Source: BPMN 2.0.2, 8.2.2.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every import."""
    for imported in drawing.all("import"):
        where = imported.get("location") or imported.get("namespace") or "another document"
        if "BPMN" in (imported.get("importType") or "").upper():
            findings.warning(
                imported,
                f"'{where}' is not read from here.",
                "Deploy the files together, and declare here what this file refers to.",
            )
        else:
            findings.info(imported, f"The types of '{where}' have no meaning for a run.")
