"""Trisotech: comments, attachments, links between diagrams and styles; none means a run.

Expressions of its automation are FEEL and say so in their own ``language``.
"""

from __future__ import annotations

from engine.bpmn.dialects.reading_past import read_past
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


def takes(namespace: str) -> bool:
    """Take all of its namespaces: there is one for each of its tools and years."""
    return "trisotech.com" in namespace


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Note once that they were read past."""
    read_past(root, namespaces, "Trisotech", findings)
