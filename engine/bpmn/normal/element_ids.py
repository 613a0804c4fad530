"""Gives every flow node, scope and sequence flow an id of its own.

Histories, tokens and problems name elements by id. An id used twice is reported by the rule
``duplicate-id``; here the later element gets another one, so that flows lead to the first.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import FLOW_NODES, SCOPES, Element, Names, local

ORDER = 10
_NAMED = FLOW_NODES | SCOPES | {"sequenceFlow"}


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Set missing ids, and replace those that are taken."""
    seen: set[str] = set()
    for element in root.iter():
        if local(element) not in _NAMED:
            continue
        known = element.get("id")
        if not known:
            element.set("id", names.fresh(local(element)))
            findings.info(element, "It has no id; it got one.")
        elif known in seen:
            element.set("id", names.fresh(known))
        seen.add(element.get("id", ""))
