"""``<corral:message correlationKey timeToLive>``: which instance a message means.

On a catching event or receive task the key is evaluated when the event is armed. On a throwing
event or send task it goes along with the message, as do the ``<corral:input>`` as its payload;
``timeToLive``, a duration, says how long it is kept there while nobody waits for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression
from engine.bpmn.extensions.mapping import copies
from engine.bpmn.extensions.parameters import Parameters, parameters
from engine.bpmn.extensions.protocol import setting
from engine.bpmn.xml import EVENTS, Element


@dataclass(frozen=True, slots=True)
class MessageSettings:
    """The settings of one message; without a key any instance is meant."""

    correlation_key: Expression | None = None
    inputs: Parameters = ()
    time_to_live: Expression | None = None


class MessageExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "message"
    hosts = EVENTS | {"receiveTask", "sendTask"}
    attributes = frozenset({"correlationKey", "timeToLive"})
    children = frozenset({"input", "copyIn"})

    def parse(self, element: Element, host: Element) -> MessageSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return MessageSettings(
            setting(element, "correlationKey", host),
            copies(element, "copyIn") + parameters(element, "input", host),
            setting(element, "timeToLive", host),
        )


EXTENSION = MessageExtension()
