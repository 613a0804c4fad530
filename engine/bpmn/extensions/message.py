"""``<corral:message correlationKey>``: which instance a message means.

On a catching event or receive task the key is evaluated when the event is armed. On a throwing
event or send task it goes along with the message, as do the ``<corral:input>`` as its payload.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression
from engine.bpmn.extensions.parameters import Parameters, parameters
from engine.bpmn.extensions.protocol import setting
from engine.bpmn.xml import EVENTS, Element


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """The settings of one message; without a key any instance is meant."""

    correlation_key: Expression | None = None
    inputs: Parameters = ()


class MessageExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "message"
    hosts = EVENTS | {"receiveTask", "sendTask"}
    attributes = frozenset({"correlationKey"})
    children = frozenset({"input"})

    def parse(self, element: Element, host: Element) -> MessageSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return MessageSettings(
            setting(element, "correlationKey", host), parameters(element, "input", host)
        )


EXTENSION = MessageExtension()
