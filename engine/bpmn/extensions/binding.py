"""Which version of another definition is meant: what calls and business rule tasks say alike.

``binding`` is ``latest`` (the version that is current at that moment), ``deployment`` (the one that
was deployed together with the process), ``version`` (that with the number ``version``) or
``versionTag`` (the newest with the tag ``versionTag``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from engine.bpmn.expressions import Expression, Place
from engine.bpmn.extensions.protocol import setting
from engine.bpmn.xml import Element, identity, line_of

Bound = Literal["latest", "deployment", "version", "versionTag"]

ATTRIBUTES = frozenset({"binding", "version", "versionTag"})


@dataclass(frozen=True, slots=True)
class Binding:
    """Which version; ``which`` gives its number or its tag."""

    to: Bound = "latest"
    which: Expression | None = None


#: The version that is current at that moment.
NEWEST = Binding()


def binding(element: Element, host: Element) -> Binding:
    """Return what an extension says about the version.

    Raises:
        ExpressionError: it does not say which.
    """
    given = {name: setting(element, name, host) for name in ("version", "versionTag")}
    implied = next((name for name, value in given.items() if value is not None), "latest")
    to = (element.get("binding") or implied).strip()
    if to not in get_args(Bound) or (to in given and given[to] is None):
        raise Place(to, identity(host), line_of(element)).error(
            "It does not say which version is meant.",
            'Write binding="latest" or "deployment", or give version="3" or versionTag="stable".',
        )
    return Binding(cast("Bound", to), given.get(to))


__all__ = ["ATTRIBUTES", "NEWEST", "Binding", "binding"]
