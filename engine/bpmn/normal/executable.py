"""Marks processes that hold flow nodes as executable: uploading one is the intent to run it.

A process that says ``isExecutable="false"`` is reported by the rule ``not-executable``.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, nodes

ORDER = 20


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Set ``isExecutable`` on every process that can do something."""
    for process in root.iter(B + "process"):
        if process.get("isExecutable") != "true" and nodes(process):
            if process.get("isExecutable") is None:
                findings.info(process, "It is not marked executable; uploading is taken as that.")
            process.set("isExecutable", "true")
