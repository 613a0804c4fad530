"""``<corral:mapping allIn allOut>``: variables that go into an element and come out of it.

Each ``<corral:input name value>`` is computed on the variables around and becomes a variable that
only the element sees; an input sees the inputs above it. Each ``<corral:output name value>`` is
computed when the element is through, and sets a variable around. With outputs nothing else that
the element wrote comes out, unless ``allOut="true"``; without, all but its own inputs does.
A name with points,
``order.id``, sets a field; an output keeps the other fields of ``order``.
``allIn="false"`` hides the variables around. ``<corral:copyIn name source>`` and ``copyOut`` copy a
variable, if it is set.

On a call activity it says what the called process gets (without inputs and ``allIn``: everything)
and gives back. On an event that catches, the outputs are computed on what arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.bpmn.extensions.parameters import Parameters, parameters
from engine.bpmn.xml import ACTIVITIES, EVENTS, C, Element


@dataclass(frozen=True, slots=True)
class VariableCopy:
    """An expression that gives a variable as it is, and nothing where it is not set."""

    text: str

    @property
    def reads(self) -> frozenset[str]:
        """The variable's name."""
        return frozenset({self.text})

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Return its value, or None."""
        return variables.get(self.text)


@dataclass(frozen=True, slots=True)
class MappingSettings:
    """What goes in and what comes out."""

    inputs: Parameters = ()
    outputs: Parameters = ()
    all_in: bool = True
    all_out: bool = True

    def inward(self, around: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """Return the inputs, computed on the variables ``around``."""
        return _computed(self.inputs, around, {}, now)

    def outward(self, inside: Mapping[str, Any], *, now: datetime) -> dict[str, Any]:
        """Return the outputs, computed on the variables ``inside`` the element."""
        return _computed(self.outputs, inside, inside, now)

    def taken(
        self, around: Mapping[str, Any], payload: Mapping[str, Any], *, now: datetime
    ) -> Mapping[str, Any]:
        """Return what an event sets of the ``payload`` that arrived.

        Raises:
            ExpressionError: an input or output fails.
        """
        if not self.outputs:
            return payload
        known = {**around, **payload}
        found = self.outward({**known, **self.inward(known, now=now)}, now=now)
        return {**payload, **found} if self.all_out else found


def _computed(
    items: Parameters, variables: Mapping[str, Any], kept: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Return the values of ``items``; a name such as ``a.b`` sets ``b`` in what ``kept`` has."""
    known = dict(variables)
    found: dict[str, Any] = {}
    for name, value in items:
        if isinstance(value, VariableCopy) and value.text not in known:
            continue
        root, *path = name.split(".")
        given = value.evaluate(known, now=now)
        known[root] = found[root] = _placed(found.get(root, kept.get(root)), path, given)
    return found


def _placed(whole: Any, path: list[str], value: Any) -> Any:
    """Return ``whole`` with ``value`` at ``path``; values never change in place."""
    if not path:
        return value
    fields = whole if isinstance(whole, dict) else {}
    return {**fields, path[0]: _placed(fields.get(path[0]), path[1:], value)}


class MappingExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "mapping"
    hosts = ACTIVITIES | EVENTS
    attributes = frozenset({"allIn", "allOut"})
    children = frozenset({"input", "output", "copyIn", "copyOut"})

    def parse(self, element: Element, host: Element) -> MappingSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        outputs = copies(element, "copyOut") + parameters(element, "output", host)
        return MappingSettings(
            inputs=copies(element, "copyIn") + parameters(element, "input", host),
            outputs=outputs,
            all_in=element.get("allIn") != "false",
            all_out=element.get("allOut", "false" if outputs else "true") == "true",
        )


def copies(element: Element, tag: str) -> Parameters:
    """Return what each ``<corral:tag name source>`` copies."""
    return tuple(
        (child.get("name", ""), VariableCopy(child.get("source", "")))
        for child in element.findall(C + tag)
        if child.get("name") and child.get("source")
    )


EXTENSION = MappingExtension()
