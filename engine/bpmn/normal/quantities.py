"""Draws the token gate that a ``startQuantity`` above 1 stands for.

``completionQuantity`` stays on the element. Anything that is no whole number from 1 up is taken
off, and somebody has to supply it: exporters write 0 where nothing was meant.
"""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, N, Names, add, flows, nodes, scopes

ORDER = 150
_HIGHEST = 1_000


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Check both quantities and put a gate in front of elements that wait for several tokens."""
    for scope in scopes(root):
        incoming: dict[str | None, list[Element]] = {}
        for flow in flows(scope):
            incoming.setdefault(flow.get("targetRef"), []).append(flow)
        for element in nodes(scope):
            for attribute in ("startQuantity", "completionQuantity"):
                value = element.get(attribute)
                if value is not None and not _is_quantity(value):
                    findings.draft(
                        element,
                        f"Its {attribute} is {value!r:.40}.",
                        f"Give a whole number from 1 to {_HIGHEST:,}, or leave it out.",
                    )
                    del element.attrib[attribute]
            wanted = int(element.attrib.pop("startQuantity", "1"))
            if wanted > 1:
                _gate(scope, element, wanted, names, incoming.get(element.get("id"), []))
                findings.info(element, f"A gate in front of it waits for {wanted} tokens.")


def _gate(
    scope: Element, element: Element, wanted: int, names: Names, incoming: list[Element]
) -> None:
    gate = add(scope, "complexGateway", names)
    gate.set(N + "kind", "gate")
    gate.set(N + "quantity", str(wanted))
    for flow in incoming:
        flow.set("targetRef", gate.get("id", ""))
    ends = {"sourceRef": gate.get("id", ""), "targetRef": element.get("id", "")}
    add(scope, "sequenceFlow", names, **ends)


def _is_quantity(value: str) -> bool:
    text = value.strip()
    return text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= _HIGHEST
