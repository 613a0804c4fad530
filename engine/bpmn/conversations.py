"""Which message flows connect two pools that both run, and how their instances find each other.

A message flow is a *link* when a throwing event or send task of one process leads to a catching
event or receive task of another process of the same file. Such a message needs no name and no
correlation key: the flow names it, and all instances that talk to each other share a *conversation
key*, a variable that an instance takes from the message that started it, or makes when it begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from engine.bpmn.xml import B, C, Element, local, plain_name

#: Name of the variable with the conversation key.
CONVERSATION_KEY = "conversation_key"
_THROWING = {"intermediateThrowEvent", "endEvent"}
_CATCHING = {"intermediateCatchEvent", "boundaryEvent", "startEvent"}


@dataclass(frozen=True, slots=True)
class Link:
    """One message flow between two running pools."""

    flow: Element
    source: Element
    target: Element
    #: The processes around the two ends.
    source_process: Element
    target_process: Element


@dataclass(frozen=True, slots=True)
class FreshKey:
    """An expression that gives another conversation key each time."""

    text: str = "a new conversation key"
    reads: frozenset[str] = frozenset()

    def evaluate(self, variables: Mapping[str, Any], *, now: Any = None) -> str:
        """Return a new key."""
        return uuid4().hex


def links(root: Element) -> list[Link]:
    """Return the links of a document; looks at the tree only where message flows are drawn."""
    drawn = list(root.iter(B + "messageFlow"))
    if not drawn:
        return []
    wanted = {plain_name(flow.get(end)) for flow in drawn for end in ("sourceRef", "targetRef")}
    homes = {
        node.get("id", ""): (node, process)
        for process in root.iter(B + "process")
        for node in process.iter()
        if node.get("id") in wanted
    }
    found = []
    for flow in drawn:
        source = homes.get(plain_name(flow.get("sourceRef")))
        target = homes.get(plain_name(flow.get("targetRef")))
        if source is None or target is None or source[1] is target[1]:
            continue
        if _sends(source[0]) and _receives(target[0]):
            found.append(Link(flow, source[0], target[0], source[1], target[1]))
    return found


def ends(root: Element) -> set[Element]:
    """Return the elements at both ends of every link."""
    return {end for link in links(root) for end in (link.source, link.target)}


def _sends(node: Element) -> bool:
    if node.find(f"{B}extensionElements/{C}job") is not None:
        return False  # a job handler carries the message, and says where it goes
    kind = local(node)
    # A task without a type that a message leaves can only be meant to send it.
    return kind in ("sendTask", "task") or (
        kind in _THROWING and node.find(B + "messageEventDefinition") is not None
    )


def _receives(node: Element) -> bool:
    return local(node) == "receiveTask" or (
        local(node) in _CATCHING and node.find(B + "messageEventDefinition") is not None
    )


__all__ = ["CONVERSATION_KEY", "FreshKey", "Link", "ends", "links"]
