"""Turns correlation properties into the correlation keys of messages.

A correlation property says, for each message, where in it the value lies; a subscription of the
process says which value of its own has to equal it. A message that is thrown takes its key from
the first, an event that waits takes its key from the second, or, where the process subscribes to
nothing, from the variables that an earlier message of the conversation set. Several properties of
one key make one key together. A key that somebody wrote as ``corral:message`` stays.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.dialects.writing import extension
from engine.bpmn.problems import Findings
from engine.bpmn.xml import EVENTS, B, C, Element, Names, local, plain_name, text_of

ORDER = 55
_THROWING = {"sendTask", "intermediateThrowEvent", "endEvent", "implicitThrowEvent"}


@dataclass(frozen=True, slots=True)
class _Key:
    """One correlation key: its properties in order, and where each lies in a message."""

    properties: tuple[str, ...]
    paths: dict[tuple[str, str], Element]  #: by property and message

    def expression(self, message: str, bound: dict[str, Element]) -> str | None:
        texts = [
            text_of(bound.get(each, self.paths.get((each, message)))) for each in self.properties
        ]
        plain = [text.removeprefix("=").strip() for text in texts]
        if (
            not plain
            or not all(plain)
            or any((one, message) not in self.paths for one in self.properties)
        ):
            return None
        return f"= {plain[0]}" if len(plain) == 1 else f"= [{', '.join(plain)}]"


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Write the key of every message event and task for whose message a key is declared."""
    keys = _keys(root)
    if not keys:
        return
    for process in root.iter(B + "process"):
        bound = _bound(process)
        for node in process.iter(
            *(B + tag for tag in sorted(EVENTS | {"sendTask", "receiveTask"}))
        ):
            message = _message(node)
            if message is None or node.find(f"{B}extensionElements/{C}message") is not None:
                continue
            own = {} if local(node) in _THROWING else bound
            found = next((text for key in keys if (text := key.expression(message, own))), None)
            if found is not None:
                extension(node, "message").set("correlationKey", found)
                findings.info(node, "Its message is correlated as the correlation properties say.")


def _keys(root: Element) -> list[_Key]:
    paths = {
        (each.get("id", ""), plain_name(retrieval.get("messageRef"))): path
        for each in root.iter(B + "correlationProperty")
        for retrieval in each.findall(B + "correlationPropertyRetrievalExpression")
        if (path := retrieval.find(B + "messagePath")) is not None
    }
    declared = [
        tuple(plain_name(text_of(ref)) for ref in key.findall(B + "correlationPropertyRef"))
        for key in root.iter(B + "correlationKey")
    ]
    return [_Key(properties, paths) for properties in declared if properties] if paths else []


def _bound(process: Element) -> dict[str, Element]:
    """Return what the process compares each property with."""
    return {
        plain_name(binding.get("correlationPropertyRef")): path
        for binding in process.iter(B + "correlationPropertyBinding")
        if (path := binding.find(B + "dataPath")) is not None
    }


def _message(node: Element) -> str | None:
    parent = node.getparent()
    if local(node) == "startEvent" and parent is not None and local(parent) == "process":
        return None  # what starts an instance waits for no key
    holder = node if local(node).endswith("Task") else node.find(B + "messageEventDefinition")
    return plain_name(holder.get("messageRef")) if holder is not None else None
