"""The types of a DMN file: item definitions, and what a ``typeRef`` means.

A name that nobody defined is any type, as in the tools people draw with. Sources: DMN 1.5, 7.3.3
*Item Definition*, and 10.3.2.9 for the names of FEEL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from engine.bpmn.decisions.dmn import child, children, entry_text, tag_of
from engine.bpmn.decisions.model import Allowed, Type
from engine.bpmn.xml import Element

#: Names of types, lower case and without spaces, as the versions of DMN and as modelers write them.
_BASES: Mapping[str, str] = {
    **dict.fromkeys(("number", "double", "decimal", "float"), "number"),
    **dict.fromkeys(("integer", "long", "short"), "whole number"),
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    **dict.fromkeys(("dateandtime", "datetime"), "date and time"),
    **dict.fromkeys(("daysandtimeduration", "daytimeduration"), "days and time duration"),
    **dict.fromkeys(("yearsandmonthsduration", "yearmonthduration"), "years and months duration"),
    "duration": "duration",
    "any": "any",
    "context": "context",
    "list": "list",
    "function": "function",
}
_GENERIC = re.compile(r"(list|range)\s*<(.*)>", re.DOTALL | re.IGNORECASE)

#: Lists and ranges in each other; what is deeper is any type.
_DEEPEST = 20

#: Finds the key of a type by its name; None where there is none such.
Lookup = Callable[[str], str | None]


def type_named(reference: str | None, lookup: Lookup, *, depth: int = 0) -> Type | None:
    """Return the type that a ``typeRef`` names; None is any.

    Args:
        reference: as written, with or without a prefix: ``"feel:number"``, ``"tScore"``.
        lookup: knows the item definitions; they come before the names of FEEL.
        depth: of the lists and ranges around it.
    """
    name = (reference or "").strip()
    local = name.rpartition("}")[2].rpartition(":")[2].strip()
    key = lookup(name) or lookup(local)
    if key is not None:
        return Type(ref=key)
    generic = _GENERIC.fullmatch(local)
    if generic and depth < _DEEPEST:
        inner = type_named(generic[2], lookup, depth=depth + 1) or Type(base="any")
        return Type(list=inner) if generic[1].lower() == "list" else Type(range=inner)
    base = _BASES.get(re.sub(r"[\s_-]", "", local).lower())
    return None if base in (None, "any") else Type(base=base)


def defined(element: Element, lookup: Lookup) -> Type:
    """Return the type of an item definition or of one of its components."""
    collection = (element.get("isCollection") or "").strip().lower() in ("true", "1")
    allowed = _allowed(element, collection)
    inner = _inner(element, lookup)
    if collection:
        return Type(list=inner, allowed=allowed)
    return Type(
        **{name: getattr(inner, name) for name in Type.__struct_fields__ if name != "allowed"},
        allowed=allowed or inner.allowed,
    )


def _inner(element: Element, lookup: Lookup) -> Type:
    components = children(element, "itemComponent")
    if components:
        return Type(fields={c.get("name") or "": defined(c, lookup) for c in components})
    function = child(element, "functionItem")
    if function is not None:
        parameters = tuple(
            type_named(parameter.get("typeRef"), lookup)
            for parameter in children(function, "parameters")
        )
        return Type(function=(parameters, type_named(function.get("outputTypeRef"), lookup)))
    named = child(element, "typeRef")
    reference = named.text if named is not None else element.get("typeRef")
    return type_named(reference, lookup) or Type(base="any")


def _allowed(element: Element, collection: bool) -> Allowed | None:
    for found in element:
        tag = tag_of(found)
        if tag in ("allowedValues", "typeConstraint"):
            text = entry_text(found)
            if text:
                return Allowed(text, whole=collection and tag == "typeConstraint")
    return None
