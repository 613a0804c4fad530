"""A data object is used outside the process or sub-process that declares it.

A data object lives as long as its scope, and is seen in it and in the sub-processes within.
Elsewhere it does not exist. Declare it further out. A warning: the variable found there is
another one.

Source: BPMN 2.0.2, 10.4.1 (lifecycle and visibility of data objects).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare the scopes of references with those of what they refer to."""
    for reference in drawing.all("dataObjectReference"):
        declared = drawing.referred(reference.get("dataObjectRef"))
        if declared is None or local(declared) != "dataObject":
            continue
        home = declared.getparent()
        if home is not None and all(scope is not home for scope in reference.iterancestors()):
            findings.warning(
                reference,
                "The data object it refers to is declared in another scope.",
                "Declare the data object in a scope around both.",
            )
