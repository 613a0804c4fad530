"""Messages of Camunda 8: the key stands on the message, and counts where it is caught."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, local, plain_name


def key_of(settings: Settings) -> str:
    """Take the subscription of a message and return its correlation key; ``""`` for none."""
    subscription = settings.first("subscription")
    return (subscription.get("correlationKey") or "").strip() if subscription is not None else ""


def subscribe(root: Element, keys: Mapping[str, str]) -> None:
    """Write the key of each message at every element that waits for it.

    Args:
        root: the document.
        keys: correlation keys by the id of the message.
    """
    for task in root.iter(B + "receiveTask"):
        put(task, "message", correlationKey=keys.get(plain_name(task.get("messageRef")), ""))
    for definition in root.iter(B + "messageEventDefinition"):
        event, key = definition.getparent(), keys.get(plain_name(definition.get("messageRef")), "")
        if event is not None and key and _waits(event):
            put(event, "message", correlationKey=key)


def publish(settings: Settings, findings: Findings) -> None:
    """Write the correlation key of a message that is published without a job handler."""
    for message in settings.take("publishMessage"):
        put(
            settings.element,
            "message",
            correlationKey=(message.get("correlationKey") or "").strip(),
            timeToLive=(message.get("timeToLive") or "").strip(),
        )
        if message.get("messageId"):
            findings.info(
                settings.element,
                "A message has no id here: each one that is sent is a new one.",
                "Nothing to do.",
            )


def _waits(event: Element) -> bool:
    """Say whether a running instance waits at ``event``: a start of a process has no key."""
    parent = event.getparent()
    inside = parent is not None and parent.get("triggeredByEvent") == "true"
    return local(event) in ("intermediateCatchEvent", "boundaryEvent") or (
        local(event) == "startEvent" and inside
    )


__all__ = ["key_of", "publish", "subscribe"]
