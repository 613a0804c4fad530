"""Declares the messages, signals, errors and escalations that are referred to but not declared.

They are declared under the name of the reference; the rule ``undeclared-reference`` reports them.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.references import REFERENCES, declarations
from engine.bpmn.xml import Element, Names, add, local, plain_name

ORDER = 50


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Take prefixes off references and add the missing declarations to the document."""
    known = {kind: set(declarations(root, kind)) for _, kind in REFERENCES.values()}
    for element in list(root.iter()):
        if local(element) not in REFERENCES:
            continue
        attribute, kind = REFERENCES[local(element)]
        reference = plain_name(element.get(attribute))
        if not reference:
            continue
        element.set(attribute, reference)
        if reference not in known[kind]:
            add(root, kind, names, id=reference, name=reference)
            known[kind].add(reference)
