"""The names of the XML that the compiler works on, and how to walk and extend it.

Namespaces come as lxml prefixes, ready to be put in front of a tag: ``B + "userTask"``. Beside
BPMN itself (``B``) there is Corral's extension vocabulary (``C``) and ``N``, the neutral attributes
in which the passes of :mod:`engine.bpmn.normal` tell the compiler what they found.

An lxml element without children is falsy: compare with ``None``, never test for truth.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

Element: TypeAlias = etree._Element

BPMN_NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CORRAL_NAMESPACE = "urn:corral:bpmn:1"
NORMAL_NAMESPACE = "urn:corral:normal"

#: BPMN 2.0 itself.
B = "{" + BPMN_NAMESPACE + "}"
#: Corral's extension vocabulary, inside ``bpmn:extensionElements``.
C = "{" + CORRAL_NAMESPACE + "}"
#: Neutral attributes: written by passes, read by the compiler, never by people.
N = "{" + NORMAL_NAMESPACE + "}"

ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "scriptTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "transaction",
        "adHocSubProcess",
    }
)
GATEWAYS = frozenset(
    {
        "exclusiveGateway",
        "inclusiveGateway",
        "parallelGateway",
        "complexGateway",
        "eventBasedGateway",
    }
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "implicitThrowEvent",
        "boundaryEvent",
    }
)
CHOREOGRAPHY = frozenset({"callChoreography", "choreographyTask", "subChoreography"})
#: Every flow node of BPMN 2.0.2.
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS | CHOREOGRAPHY
#: What holds flow nodes and variables of its own.
SCOPES = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})


_NODE_TAGS = frozenset(B + tag for tag in FLOW_NODES)
_FLOW_TAG = B + "sequenceFlow"
_SCOPE_TAGS = tuple(B + tag for tag in sorted(SCOPES))


def local(element: Element) -> str:
    """Return the tag without its namespace; ``""`` for anything that is not BPMN."""
    return _local(element.tag)


@functools.lru_cache(maxsize=1024)
def _local(tag: object) -> str:
    # Asked for every element by every rule and pass, with a few dozen answers.
    return tag[len(B) :] if isinstance(tag, str) and tag.startswith(B) else ""


def nodes(scope: Element) -> list[Element]:
    """Return the flow nodes directly in ``scope``, in document order."""
    return [child for child in scope if child.tag in _NODE_TAGS]


def flows(scope: Element) -> list[Element]:
    """Return the sequence flows directly in ``scope``, in document order."""
    return [child for child in scope if child.tag == _FLOW_TAG]


def scopes(root: Element) -> list[Element]:
    """Return every process and sub-process below ``root``, outer before inner."""
    return list(root.iter(*_SCOPE_TAGS))


def event_definitions(event: Element) -> list[Element]:
    """Return the event definitions written directly in ``event``."""
    return [child for child in event if local(child).endswith("EventDefinition")]


def is_triggered_by_event(element: Element) -> bool:
    """Say whether ``element`` is an event sub-process."""
    return (element.get("triggeredByEvent") or "").strip().lower() in ("true", "1")


def text_of(element: Element | None) -> str:
    """Return the stripped text of ``element``; ``""`` when it is absent or has none."""
    return (element.text or "").strip() if element is not None else ""


def plain_name(qualified: str | None) -> str:
    """Return a reference without its prefix: ``"tns:order"`` is ``"order"``, None is ``""``."""
    return (qualified or "").strip().rpartition(":")[2]


def line_of(element: Element) -> int | None:
    """Return the 1-based line of ``element`` in the uploaded bytes; None when a pass made it."""
    line = element.sourceline
    return line if isinstance(line, int) and line > 0 else None


def identity(element: Element) -> str | None:
    """Return the id people know ``element`` by: its own, or that of the nearest element around."""
    current: Element | None = element
    while current is not None:
        known = current.get(N + "as") or current.get("id")
        if known:
            return known
        current = current.getparent()
    return None


def process_of(element: Element) -> Element | None:
    """Return the process around ``element``, or itself; None outside of every process."""
    current: Element | None = element
    while current is not None and local(current) != "process":
        current = current.getparent()
    return current


def is_drawn_for_corral(element: Element) -> bool:
    """Say whether the document of ``element`` declares our namespace."""
    return CORRAL_NAMESPACE in element.getroottree().getroot().nsmap.values()


def ids(root: Element) -> set[str]:
    """Return every id in the document of ``root``."""
    return {value for element in root.iter() if (value := element.get("id"))}


class Names:
    """Gives out ids that are new in one document, without searching it again each time."""

    def __init__(self, root: Element) -> None:
        """Look up once which ids the document of ``root`` has."""
        self._taken = ids(root.getroottree().getroot())
        self._last: dict[str, int] = {}

    def fresh(self, stem: str) -> str:
        """Return a new id that starts with ``stem``, and remember it as taken."""
        number = self._last.get(stem, 0) + 1
        while f"{stem}_{number}" in self._taken:
            number += 1
        self._last[stem] = number
        name = f"{stem}_{number}"
        self._taken.add(name)
        return name


def add(parent: Element, tag: str, names: Names, **attributes: str) -> Element:
    """Append a BPMN element to ``parent`` and return it; it gets a new id unless one is given."""
    element = etree.SubElement(parent, B + tag)
    for key, value in attributes.items():
        element.set(key, value)
    if "id" not in attributes:
        element.set("id", names.fresh(tag))
    # What a pass made is shown at the line of the element around it.
    if parent.sourceline:
        element.sourceline = parent.sourceline
    return element


def inside(scope: Element) -> Iterator[Element]:
    """Yield every element below ``scope`` that does not belong to a nested scope."""
    pending = list(reversed(scope))
    while pending:
        element = pending.pop()
        yield element
        if local(element) not in SCOPES:
            pending.extend(reversed(element))
