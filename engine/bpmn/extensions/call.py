"""``<corral:call process binding version versionTag businessKey>``: what a call activity calls.

``process`` is the key of the process, in place of ``calledElement``; it may be an expression.
``binding`` says in which version, see :mod:`.binding`. ``businessKey`` is shown in the history of
the call.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression
from engine.bpmn.extensions.binding import ATTRIBUTES, NEWEST, Binding, binding
from engine.bpmn.extensions.protocol import setting
from engine.bpmn.xml import Element


@dataclass(frozen=True, slots=True)
class CallSettings:
    """The settings of one call; what is absent is None."""

    process: Expression | None = None
    binding: Binding = NEWEST
    business_key: Expression | None = None


class CallExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "call"
    hosts = frozenset({"callActivity"})
    attributes = ATTRIBUTES | {"process", "businessKey"}
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> CallSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return CallSettings(
            setting(element, "process", host),
            binding(element, host),
            setting(element, "businessKey", host),
        )


EXTENSION = CallExtension()
