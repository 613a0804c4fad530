"""Compiles events: what they wait for, or throw."""

from __future__ import annotations

from engine.bpmn.compiling import times
from engine.bpmn.compiling.context import Context
from engine.bpmn.extensions.mapping import VariableCopy
from engine.bpmn.extensions.message import MessageSettings
from engine.bpmn.rules import message_missing, nothing_to_send
from engine.bpmn.specs import triggers
from engine.bpmn.specs.catching import (
    BoundaryEvent,
    IntermediateCatch,
    ReceiveTask,
    StartEvent,
)
from engine.bpmn.specs.element import Element as Spec
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.jobs import JobThrow
from engine.bpmn.specs.throwing import SendTask, Throw
from engine.bpmn.specs.triggers import Trigger
from engine.bpmn.xml import (
    B,
    Element,
    N,
    event_definitions,
    identity,
    is_triggered_by_event,
    local,
)

_NO_MESSAGE = MessageSettings()


def start_event(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    """Compile a start event of a process or sub-process; any of its triggers starts it."""
    parent = element.getparent()
    if parent is not None and is_triggered_by_event(parent):
        return StartEvent(scope, name, context.origin(element), ())
    found = triggers_of(context, element)
    if parent is not None and local(parent) == "process":
        _check_start(context, element, found)
    return StartEvent(scope, name, context.origin(element), found)


def _check_start(context: Context, element: Element, found: tuple[Trigger, ...]) -> None:
    for each in found:
        if isinstance(each, triggers.TimerTrigger):
            times.start_time(context, element, each)
    if len(found) > 1 and element.get("parallelMultiple") == "true":
        context.error(
            element,
            "start-needs-all",
            "A process cannot be started by several triggers that all have to happen: nothing "
            "says which of them belong together.",
            "Start it by one of them, and wait for the others behind a parallel gateway.",
        )


def catch_event(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    """Compile an intermediate catching event."""
    return IntermediateCatch(
        scope,
        name,
        context.origin(element),
        triggers_of(context, element) or (triggers.Gap("gap"),),
        all_needed=element.get("parallelMultiple") == "true",
    )


def throw_event(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    """Compile a throwing or end event; with a job, its message is carried by a job handler."""
    job = context.settings(element).get("job")
    if job is not None:
        return JobThrow(scope, name, context.origin(element), job)
    return Throw(scope, name, context.origin(element), triggers_of(context, element))


def send_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    """Compile a send task that names a message and no job."""
    found = (message(context, element, element),) if element.get("messageRef") else ()
    if not found:
        context.problems.append(nothing_to_send.problem(element))
    return SendTask(scope, name, context.origin(element), found)


def receive_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    """Compile a receive task."""
    if not element.get("messageRef"):
        context.problems.append(message_missing.problem(element))
    return ReceiveTask(scope, name, context.origin(element), (message(context, element, element),))


def boundary_event(context: Context, scope: ScopeSpec, element: Element) -> BoundaryEvent:
    """Compile a boundary event, but for one of compensation."""
    return BoundaryEvent(
        scope,
        element.get("id", ""),
        context.origin(element),
        triggers_of(context, element),
        all_needed=element.get("parallelMultiple") == "true",
        interrupting=element.get("cancelActivity") != "false",
    )


def triggers_of(context: Context, event: Element) -> tuple[Trigger, ...]:
    """Compile the event definitions written in ``event``."""
    found = (trigger(context, event, definition) for definition in event_definitions(event))
    return tuple(one for one in found if one is not None)


def trigger(context: Context, event: Element, definition: Element) -> Trigger | None:
    """Compile one event definition; None for a link, which is a flow by now."""
    kind = local(definition)
    if kind == "messageEventDefinition":
        return message(context, event, definition)
    if kind == "signalEventDefinition":
        settings = context.settings(event).get("message", _NO_MESSAGE)
        return triggers.SignalTrigger(
            _declared_name(context, event, definition.get("signalRef")), settings.inputs
        )
    if kind == "errorEventDefinition":
        name, code = _coded(context, definition, "error")
        return triggers.ErrorTrigger(name, code)
    if kind == "escalationEventDefinition":
        name, code = _coded(context, definition, "escalation")
        return triggers.EscalationTrigger(name, code)
    if kind == "timerEventDefinition":
        return times.timer(context, event, definition) or triggers.Gap("gap")
    if kind == "conditionalEventDefinition":
        condition = context.expression(event, definition.find(B + "condition"))
        if condition is None:
            context.draft(
                event, "trigger-missing", "The event has no condition.", "Write its condition."
            )
            return triggers.Gap("gap")
        return triggers.ConditionTrigger(identity(event) or "", condition)
    if kind == "compensateEventDefinition":
        waits = definition.get("waitForCompletion") != "false"
        return triggers.CompensateTrigger(definition.get("activityRef"), wait=waits)
    if kind == "terminateEventDefinition":
        return triggers.TerminateTrigger()
    if kind == "cancelEventDefinition":
        return triggers.CancelTrigger()
    if kind != "linkEventDefinition":
        context.error(
            event,
            "trigger-not-run",
            f"'{kind}' is no event definition that can be run.",
            "Use a message, timer, signal, error, escalation, condition or compensation.",
        )
    return None


def message(context: Context, event: Element, definition: Element) -> triggers.MessageTrigger:
    """Compile the message of an event, or of a send or receive task."""
    settings: MessageSettings = context.settings(event).get("message", _NO_MESSAGE)
    name = _declared_name(context, event, definition.get("messageRef"))
    key, inputs = settings.correlation_key, settings.inputs
    shared = event.get(N + "conversation")
    if shared and key is None:
        # Whoever the message starts talks to us under the same key.
        key = VariableCopy(shared)
        inputs = (*inputs, (shared, key))
    return triggers.MessageTrigger(name, key, inputs, settings.time_to_live)


def _declared_name(context: Context, event: Element, reference: str | None) -> str:
    found = context.declared.get(reference or "")
    if found is not None:
        name = found.get("name") or found.get("id") or ""
        if name.lstrip().startswith("=") or "${" in name or "#{" in name:
            context.draft(
                event,
                "name-computed",
                f"'{name}' is a name to be computed; messages and signals have one name here.",
                "Write the name itself; a correlation key tells instances apart.",
            )
        return name
    return event.get("name") or identity(event) or ""


def _coded(context: Context, definition: Element, word: str) -> tuple[str, str | None]:
    found = context.declared.get(definition.get(f"{word}Ref") or "")
    if found is None:
        return f"any {word}", None
    name = found.get("name") or found.get("id") or ""
    code = found.get(f"{word}Code") or name
    if code.lstrip().startswith("=") or "${" in code or "#{" in code:
        context.draft(
            definition,
            "name-computed",
            f"'{code}' is a code to be computed; an {word} has one code here.",
            "Write the code itself, and draw an event for each code.",
        )
    return name, code
