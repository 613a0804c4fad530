"""Reads what a multi-instance activity goes through, before the data elements are taken out.

``loopDataInputRef`` and ``inputDataItem`` become the neutral attributes ``collection`` and
``item``, their output sides ``output`` and ``output-item``. The reference may name a data input, a
data object or simply a variable, and may be an expression. A ``loopCardinality`` goes first.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, N, Names, text_of

ORDER = 60


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Set the neutral attributes on every multi-instance marker."""
    names_of_data: dict[str, str] | None = None
    for marker in list(root.iter(B + "multiInstanceLoopCharacteristics")):
        if names_of_data is None:
            names_of_data = {
                found.get("id", ""): found.get("name", "")
                for found in root.iter()
                if found.get("id")
            }
        counted = text_of(marker.find(B + "loopCardinality"))
        _reference(marker, "" if counted else "loopDataInputRef", "collection", names_of_data)
        _reference(marker, "loopDataOutputRef", "output", names_of_data)
        _item(marker, "inputDataItem", "item")
        _item(marker, "outputDataItem", "output-item")


def _reference(marker: Element, tag: str, attribute: str, names_of_data: dict[str, str]) -> None:
    text = text_of(marker.find(B + tag)) if tag else ""
    if text and not marker.get(N + attribute):
        name = names_of_data.get(text, "")
        marker.set(N + attribute, name if name.isidentifier() else text)


def _item(marker: Element, tag: str, attribute: str) -> None:
    item = marker.find(B + tag)
    if item is not None and not marker.get(N + attribute):
        marker.set(N + attribute, item.get("name") or item.get("id") or "")
