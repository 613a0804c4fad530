"""A text reads an element of the model that its decision does not require.

A decision sees only what it requires: the name is null there, and so are comparisons with it.
Draw the requirement from the one to the other. Names that no element has are variables of the
process, and need none.

Source: DMN 1.5, 6.3.8 and 7.3.1 (information requirements).
"""

from __future__ import annotations

from engine.bpmn.decisions.analysis.examined import Examined, spot_of
from engine.bpmn.errors import ExpressionError
from engine.bpmn.problems import Findings
from engine.definitions import Severity


def check(file: Examined, findings: Findings) -> None:
    """Find names of elements that are read without a requirement; each once a decision."""
    elements = {node.name for node in file.linked.plan.elements.values()}
    told: set[tuple[str, str]] = set()
    for node, found in file.texts:
        if node is None:
            continue
        try:
            reads = file.compiler.reads(found)
        except ExpressionError:
            continue  # told by the rule for texts that do not compile
        for name in sorted((reads & elements) - set(found.scope)):
            if (node.id, name) in told:
                continue
            told.add((node.id, name))
            message = f"'{name}' is not required by '{node.name}', so it is null here."
            cure = "Draw the requirement, or give the variable that is meant another name."
            findings.add(
                spot_of(found.text).problem(findings.rule, Severity.WARNING, message, cure)
            )
