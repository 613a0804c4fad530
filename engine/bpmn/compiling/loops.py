"""Compiles the loop markers of activities."""

from __future__ import annotations

from engine.bpmn.compiling.context import Context
from engine.bpmn.compiling.events import trigger
from engine.bpmn.expressions import Expression, Literal
from engine.bpmn.languages import default_language
from engine.bpmn.specs.element import Element as Spec
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.loops import Behaviour, Instances, MultiInstance, Repeated, StandardLoop
from engine.bpmn.specs.triggers import Trigger
from engine.bpmn.xml import B, Element, N, local, plain_name


def marker_of(element: Element) -> Element | None:
    """Return the loop marker of an activity."""
    for child in element:
        if local(child) in ("standardLoopCharacteristics", "multiInstanceLoopCharacteristics"):
            return child
    return None


def repeated(
    context: Context, scope: ScopeSpec, element: Element, name: str, inner: Spec
) -> Repeated | None:
    """Compile the loop around ``inner``; None when the activity has no marker."""
    marker = marker_of(element)
    if marker is None:
        return None
    if local(marker) == "standardLoopCharacteristics":
        return _standard(context, scope, element, name, inner, marker)
    found = MultiInstance(
        scope, name, context.origin(element), inner, _instances(context, element, marker)
    )
    found.first = 1 if default_language(element) == "feel" else 0
    return found


def _standard(
    context: Context, scope: ScopeSpec, element: Element, name: str, inner: Spec, marker: Element
) -> StandardLoop:
    condition = context.expression(element, marker.find(B + "loopCondition"))
    text = (marker.get("loopMaximum") or "").strip()
    maximum = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    if text and maximum is None:
        context.draft(
            element,
            "loop-maximum",
            f"The maximum of the loop is {text!r:.40}.",
            "Give a whole number that is 0 or more, or leave it out.",
        )
    elif condition is None and maximum is None:
        context.draft(
            element,
            "loop-without-end",
            "The loop has neither a condition nor a maximum.",
            "Write the condition under which it runs again.",
        )
        maximum = 1
    before = marker.get("testBefore") == "true"
    return StandardLoop(
        scope,
        name,
        context.origin(element),
        inner,
        condition=condition,
        maximum=maximum,
        before=before,
    )


def _instances(context: Context, element: Element, marker: Element) -> Instances:
    cardinality = context.expression(element, marker.find(B + "loopCardinality"))
    collection = context.text_expression(element, marker.get(N + "collection"))
    if cardinality is None and collection is None:
        context.draft(
            element,
            "instances-missing",
            "The activity does not say how many times it runs.",
            "Give a number, or the list whose items it runs for.",
        )
    return Instances(
        sequential=marker.get("isSequential") == "true",
        cardinality=cardinality,
        collection=collection if cardinality is None else None,
        item=marker.get(N + "item") or None,
        output=marker.get(N + "output") or None,
        output_item=context.text_expression(element, marker.get(N + "output-item")),
        condition=context.expression(element, marker.find(B + "completionCondition")),
        behaviour=_behaviour(context, element, marker),
    )


def _behaviour(context: Context, element: Element, marker: Element) -> Behaviour:
    name = marker.get("behavior") or "All"
    events: list[tuple[Expression | None, Trigger]] = []
    for attribute in ("noneBehaviorEventRef", "oneBehaviorEventRef"):
        definition = context.shared_definitions.get(plain_name(marker.get(attribute)))
        if definition is not None:
            _add(context, element, events, None, definition)
    for complex_one in marker.findall(B + "complexBehaviorDefinition"):
        condition = context.expression(element, complex_one.find(B + "condition"))
        for definition in complex_one.iter():
            if local(definition).endswith("EventDefinition"):
                _add(context, element, events, condition or Literal("true"), definition)
    return Behaviour(name, tuple(events))


def _add(
    context: Context,
    element: Element,
    events: list[tuple[Expression | None, Trigger]],
    condition: Expression | None,
    definition: Element,
) -> None:
    found = trigger(context, element, definition)
    if found is not None:
        events.append((condition, found))
