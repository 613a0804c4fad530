"""Marks processes that hold flow nodes as executable: uploading one is the intent to run it.

What becomes of a process that does not say so itself is the rule ``not-executable``.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, nodes

ORDER = 20


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Set ``isExecutable`` on every process that can do something."""
    for process in root.iter(B + "process"):
        if process.get("isExecutable") not in ("true", "1") and nodes(process):
            findings.info(process, "It is not marked executable; it is compiled as if it were.")
            process.set("isExecutable", "true")
