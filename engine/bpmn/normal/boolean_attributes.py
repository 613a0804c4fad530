"""Writes every yes or no as ``true`` or ``false``.

XML Schema allows ``1`` and ``0`` as well, and some tools write ``True``. What is none of these is
reported by the rule ``boolean-value`` and stays as it is.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.schema import BOOLEANS
from engine.bpmn.xml import Element, Names, local

ORDER = 5
_WRITTEN = {"true": "true", "1": "true", "false": "false", "0": "false"}


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Rewrite what is written otherwise."""
    for element in root.iter():
        if BOOLEANS.isdisjoint(element.attrib) or not local(element):
            continue
        for name in sorted(BOOLEANS.intersection(map(str, element.attrib))):
            value = element.get(name, "")
            written = _WRITTEN.get(value.strip().lower(), value)
            if written != value:
                element.set(name, written)
                findings.info(element, f"{name} is '{value}', which means {written}.")
