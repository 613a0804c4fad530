"""What the data associations of a drawing carry, in terms of variables.

A data object, store, property, input or output is the variable of its name, or of its id where the
name is no name of a variable. An association that merely draws a line, to nothing or to the
same variable, carries nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.bpmn.xml import B, Element, local, plain_name, text_of

#: Finds an element by what refers to it.
Find = Callable[[str], "Element | None"]
_OF = {"dataObjectReference": "dataObjectRef", "dataStoreReference": "dataStoreRef"}


@dataclass(frozen=True, slots=True)
class DataLink:
    """One variable that gets a value: a copy of ``source``, or what ``expression`` gives."""

    target: str
    source: str | None = None
    expression: Element | None = None


def variable_of(item: Element, find: Find) -> str | None:
    """Return the variable that an item stands for; None where no name is fit for one."""
    if (item.get("name") or "").startswith("__"):
        return None  # a placeholder of the modeler, which needs both ends of a line
    behind = find(plain_name(item.get(_OF.get(local(item), "dataObjectRef"))))
    named = [item.get("name"), behind.get("name") if behind is not None else None]
    known = [*named, behind.get("id") if behind is not None else None, item.get("id")]
    fit = (name.strip() for name in known if name)
    return next((name for name in fit if _is_variable(name)), None)


def data_links(association: Element, find: Find) -> list[DataLink] | None:
    """Return what ``association`` carries; None where it computes something nobody can place."""
    target = _variable(association.find(B + "targetRef"), find)
    transformation = association.find(B + "transformation")
    assignments = association.findall(B + "assignment")
    if assignments:
        return _assigned(assignments, target, find)
    if transformation is not None and text_of(transformation):
        return [DataLink(target, expression=transformation)] if target else None
    sources = [_variable(source, find) for source in association.findall(B + "sourceRef")]
    if len(sources) != 1 or not sources[0] or not target or sources[0] == target:
        return []
    return [DataLink(target, source=sources[0])]


def _assigned(assignments: list[Element], target: str | None, find: Find) -> list[DataLink] | None:
    found = []
    for assignment in assignments:
        value, to = assignment.find(B + "from"), assignment.find(B + "to")
        if value is None or not text_of(value):
            return None
        item = find(text_of(to))
        name = variable_of(item, find) if item is not None else text_of(to) or target
        if not name or not _is_variable(name):
            return None
        found.append(DataLink(name, expression=value))
    return found


def _variable(reference: Element | None, find: Find) -> str | None:
    item = find(plain_name(text_of(reference))) if reference is not None else None
    return variable_of(item, find) if item is not None else None


def _is_variable(name: str) -> bool:
    return name.isidentifier() and not name.startswith("_")


__all__ = ["DataLink", "data_links", "variable_of"]
