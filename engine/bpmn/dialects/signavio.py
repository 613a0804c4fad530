"""Signavio: attributes of its dictionary, its layout and its simulation; none means a run."""

from __future__ import annotations

from engine.bpmn.dialects.reading_past import read_past
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


def takes(namespace: str) -> bool:
    """Take whatever version of its namespace."""
    return "signavio.com" in namespace


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Note once that they were read past."""
    read_past(root, namespaces, "Signavio", findings)
