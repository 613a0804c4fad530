"""The ``<corral:input>`` and ``<corral:output>`` that jobs and messages hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.bpmn.expressions import Expression, Place
from engine.bpmn.extensions.protocol import value_of
from engine.bpmn.xml import C, Element, identity, line_of

Parameters = tuple[tuple[str, Expression], ...]


def parameters(element: Element, tag: str, host: Element) -> Parameters:
    """Return name and compiled value of each ``<corral:tag name="..." value="..."/>``.

    A ``language`` beside them is that of the value.

    Raises:
        ExpressionError: a name is missing or begins with ``_``, or a value does not compile.
    """
    found: list[tuple[str, Expression]] = []
    for child in element.findall(C + tag):
        name = (child.get("name") or "").strip()
        place = Place(child.get("value") or "", identity(host), line_of(child))
        if not name or name.startswith("_"):
            raise place.error(
                f"<corral:{tag}> has no name, or one that begins with '_'.",
                f'Write <corral:{tag} name="text" value="= answer"/>.',
            )
        if child.get("value") is None:
            raise place.error(
                f"<corral:{tag} name='{name}'> has no value.", 'Write value="= answer" in it.'
            )
        value = value_of(place.text, child, host)
        found.append((name, value))
    return tuple(found)


def evaluated(
    items: Parameters, variables: Mapping[str, Any], *, now: datetime | None = None
) -> dict[str, Any]:
    """Return the values of ``items`` by name. Raises ``ExpressionError`` when one fails."""
    return {name: value.evaluate(variables, now=now) for name, value in items}
