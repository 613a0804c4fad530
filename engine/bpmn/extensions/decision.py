"""``<corral:decision ref result map binding version versionTag/>``: what a rule task asks.

``ref`` is the key of a deployed decision; ``result`` the variable that gets its outputs as a
dictionary, or as a list of them where the hit policy gives several. ``map`` gives them another
shape: ``singleEntry`` the value of the only output, ``singleResult`` the outputs of the only rule,
``collectEntries`` a list of values, ``resultList`` a list of outputs, ``plain`` one output as its
value and several as a dictionary, ``variables`` each output as a variable of its own, ``columns``
the same where several rules count: each output is the list of its values. ``binding`` says which
version is asked, see :mod:`.binding`.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression, Place
from engine.bpmn.extensions.binding import ATTRIBUTES, NEWEST, Binding, binding
from engine.bpmn.extensions.protocol import setting, variable
from engine.bpmn.xml import Element, identity, line_of

SHAPES = frozenset(
    "singleEntry singleResult collectEntries resultList plain variables columns".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """The settings of one business rule task. ``ref`` None is a draft."""

    ref: Expression | None = None
    result: str | None = None  #: None: the key of the decision is the variable's name
    map: str | None = None  #: one of :data:`SHAPES`; None: the outputs as they come
    binding: Binding = NEWEST


class DecisionExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "decision"
    hosts = frozenset({"businessRuleTask", "globalBusinessRuleTask"})
    attributes = ATTRIBUTES | {"ref", "result", "map"}
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> DecisionSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        shape = (element.get("map") or "").strip() or None
        if shape is not None and shape not in SHAPES:
            raise Place(shape, identity(host), line_of(element)).error(
                "'map' names no shape of a result.", f"Use one of: {', '.join(sorted(SHAPES))}."
            )
        return DecisionSettings(
            ref=setting(element, "ref", host),
            result=variable(element, "result", host, example="triage"),
            map=shape,
            binding=binding(element, host),
        )


EXTENSION = DecisionExtension()
