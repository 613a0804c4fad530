"""``<corral:variables>``: what the variables of a process are when nobody gives them at start.

Each ``<corral:variable name="reminder_after" value="PT1H"/>`` sets one that was not given. An
expression sees what was given and the variables above it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.extensions.parameters import Parameters, parameters
from engine.bpmn.xml import Element


@dataclass(frozen=True, slots=True)
class VariableDefaults:
    """Name and value of each default, in document order."""

    defaults: Parameters = ()


class VariablesExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "variables"
    hosts = frozenset({"process"})
    attributes: frozenset[str] = frozenset()
    children = frozenset({"variable"})

    def parse(self, element: Element, host: Element) -> VariableDefaults:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return VariableDefaults(parameters(element, "variable", host))


EXTENSION = VariablesExtension()
