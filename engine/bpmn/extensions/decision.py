"""``<corral:decision ref result/>``: the decision a business rule task asks.

``ref`` is the key of a deployed decision; ``result`` the variable that gets its outputs as a
dictionary, or as a list of them where the hit policy gives several.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression
from engine.bpmn.extensions.protocol import setting, variable
from engine.bpmn.xml import Element


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The settings of one business rule task. ``ref`` None is a draft."""

    ref: Expression | None = None
    result: str | None = None  #: None: the key of the decision is the variable's name


class DecisionExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "decision"
    hosts = frozenset({"businessRuleTask"})
    attributes = frozenset({"ref", "result"})
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> DecisionSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return DecisionSettings(
            ref=setting(element, "ref", host),
            result=variable(element, "result", host, example="triage"),
        )


EXTENSION = DecisionExtension()
