"""Turns an ad-hoc sub-process into an ordinary one that remembers when it is complete.

``completion`` holds its completion condition, ``adhoc`` its ordering, ``parallel`` or
``sequential``. In parallel, everything in it that has no incoming flow starts at once; in sequence,
the next one starts when nothing else in it is under way, in the order of the file. Each runs once.
After every activity the condition is looked at; it is over when that holds, or all was done.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, N, Names, text_of

ORDER = 110


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Rename the element and keep its two settings as neutral attributes."""
    for element in list(root.iter(B + "adHocSubProcess")):
        element.tag = B + "subProcess"
        sequential = (element.get("ordering") or "").lower() == "sequential"
        element.set(N + "completion", text_of(element.find(B + "completionCondition")))
        element.set(N + "adhoc", "sequential" if sequential else "parallel")
        how = "one after the other" if sequential else "at once"
        findings.info(element, f"It runs as a sub-process that starts all it holds, {how}.")
