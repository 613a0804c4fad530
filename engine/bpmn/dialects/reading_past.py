"""What a dialect without any meaning for a run says: one ``info`` a file."""

from __future__ import annotations

from engine.bpmn.dialects.settings import used
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


def read_past(root: Element, namespaces: frozenset[str], tool: str, findings: Findings) -> None:
    """Note that ``tool`` left marks of its own; they stay in the tree, where nobody reads them."""
    if used(root, namespaces):
        findings.info(root, f"What {tool} keeps about its own drawing has no meaning for a run.")


__all__ = ["read_past"]
