"""``<corral:call process binding version businessKey>``: what a call activity calls.

``process`` is the key of the process, in place of ``calledElement``; it may be an expression.
``binding`` is ``latest`` (the version that is current when it is called), ``deployment`` (the one
that was deployed together with the caller) or ``version`` (that with the number ``version``).
``businessKey`` is shown in the history of the call.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression, Place
from engine.bpmn.extensions.protocol import setting
from engine.bpmn.xml import Element, identity, line_of

_BINDINGS = ("latest", "deployment", "version")


@dataclass(frozen=True, slots=True)
class CallSettings:
    """The settings of one call; what is absent is None."""

    process: Expression | None = None
    binding: str = "latest"
    version: Expression | None = None
    business_key: Expression | None = None


class CallExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "call"
    hosts = frozenset({"callActivity"})
    attributes = frozenset({"process", "binding", "version", "businessKey"})
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> CallSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        version = setting(element, "version", host)
        binding = (element.get("binding") or ("version" if version else "latest")).strip()
        if binding not in _BINDINGS or (binding == "version" and version is None):
            raise Place(binding, identity(host), line_of(element)).error(
                "It does not say which version is called.",
                'Write binding="latest" or "deployment", or give version="3".',
            )
        return CallSettings(
            setting(element, "process", host),
            binding,
            version,
            setting(element, "businessKey", host),
        )


EXTENSION = CallExtension()
