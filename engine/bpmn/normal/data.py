"""Takes out data objects, data stores and resource roles: they document, variables carry the data.

An association that computes something is reported by the rule ``data-association``, a role that
names people by the rule ``performer``; the rest leaves one ``info`` a scope.
"""

from __future__ import annotations

from collections import Counter

from engine.bpmn.problems import Findings
from engine.bpmn.xml import SCOPES, B, Element, Names, local

ORDER = 70
_TAGS = (
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
    "property",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "dataStore",
    "dataInput",
    "dataOutput",
    "inputSet",
    "outputSet",
    "resourceRole",
    "performer",
    "humanPerformer",
    "potentialOwner",
)


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Remove every such element."""
    removed: Counter[Element] = Counter()
    for tag in _TAGS:
        for element in list(root.iter(B + tag)):
            parent = element.getparent()
            if parent is not None:
                removed[_scope(parent)] += 1
                parent.remove(element)
    for scope, count in removed.items():
        what = "One data element documents" if count == 1 else f"{count} data elements document"
        findings.info(scope, f"{what} what is carried by variables.")


def _scope(element: Element) -> Element:
    current = element
    while local(current) not in SCOPES:
        parent = current.getparent()
        if parent is None:
            break
        current = parent
    return current
