"""Compiles the input and output mappings of activities and events."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.compiling.context import Context
from engine.bpmn.extensions.mapping import MappingSettings
from engine.bpmn.specs.catching import StartEvent
from engine.bpmn.specs.element import Element as Spec
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.mapping import Mapped
from engine.bpmn.xml import B, Element, is_triggered_by_event, local

#: What ends more than itself leaves nothing that outputs could be set in.
_ENDING = ("compensateEventDefinition", "terminateEventDefinition", "cancelEventDefinition")


def mapping_of(context: Context, element: Element) -> MappingSettings | None:
    """Return the mapping drawn at ``element``."""
    found: MappingSettings | None = context.settings(element).get("mapping")
    return found


def mapped(
    context: Context,
    scope: ScopeSpec,
    element: Element,
    name: str,
    compile_it: Callable[[Element, str], Spec],
) -> Spec:
    """Return the spec of ``element``, inside a :class:`Mapped` where it has a mapping.

    A call activity maps by itself; a start event has nobody around it, and that of an event
    sub-process took its payload when its listener fired.
    """
    mapping = mapping_of(context, element)
    if mapping is None or local(element) == "callActivity":
        return compile_it(element, name)
    if local(element) == "startEvent":
        start = compile_it(element, name)
        around = element.getparent()
        told = around is not None and is_triggered_by_event(around)
        if isinstance(start, StartEvent) and not told:
            start.mapping = mapping
        return start
    if any(element.find(B + tag) is not None for tag in _ENDING):
        context.draft(
            element,
            "mapping-not-run",
            "The event cannot have variables of its own.",
            "Compute them in a script task in front of it.",
        )
        return compile_it(element, name)
    inner = compile_it(element, f"{name}~body")
    return Mapped(scope, name, context.origin(element), inner, mapping)


__all__ = ["mapped", "mapping_of"]
