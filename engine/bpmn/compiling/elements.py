"""Compiles flow nodes: for each kind of element, which spec runs it."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.compiling import events, times
from engine.bpmn.compiling.context import Context
from engine.bpmn.expressions import Literal
from engine.bpmn.extensions.call import CallSettings
from engine.bpmn.extensions.mapping import MappingSettings
from engine.bpmn.extensions.user_task import UserTaskSettings
from engine.bpmn.specs.activities import Activity, DecisionTask, ScriptTask, UserTask
from engine.bpmn.specs.element import Element as Spec
from engine.bpmn.specs.element import ScopeSpec
from engine.bpmn.specs.gateways import (
    ComplexGateway,
    ConditionalSplit,
    EventGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
    TokenGate,
)
from engine.bpmn.specs.jobs import JobTask
from engine.bpmn.specs.sequence import OneAtATime
from engine.bpmn.specs.subprocesses import CallActivity
from engine.bpmn.xml import CHOREOGRAPHY, B, Element, N, local, plain_name

Compile = Callable[[Context, ScopeSpec, Element, str], Spec]


def compiled(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    """Return the spec that runs ``element``, under ``name`` in ``scope``.

    Sub-processes and boundary events are made where their scopes are, in
    :mod:`engine.bpmn.compiling.scopes`. What a rule reports as missing passes like a plain task.
    """
    kind = local(element)
    if kind in CHOREOGRAPHY:  # reported by the rule choreography-in-process
        return Activity(scope, name, context.origin(element))
    return _KINDS[kind](context, scope, element, name)


def _task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    return Activity(scope, name, context.origin(element))


def _user_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    settings = context.settings(element).get("userTask", UserTaskSettings())
    calendar = times.calendar_named(context, element, settings.calendar)
    return UserTask(scope, name, context.origin(element), settings, calendar)


def _script_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    holder = element.find(B + "script")
    if holder is None or not (holder.text or "").strip():
        return Activity(scope, name, context.origin(element))
    script = context.script(element, holder)
    if script is None:
        return Activity(scope, name, context.origin(element))
    return ScriptTask(scope, name, context.origin(element), script)


def _service_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    job = context.settings(element).get("job")
    if job is None or job.type is None:
        return Activity(scope, name, context.origin(element))
    return JobTask(scope, name, context.origin(element), job)


def _send_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    if "job" in context.settings(element):
        return _service_task(context, scope, element, name)
    return events.send_task(context, scope, element, name)


def _decision_task(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    settings = context.settings(element)
    decision = settings.get("decision")
    if decision is not None and decision.ref is not None:
        origin = context.origin(element)
        return DecisionTask(scope, name, origin, decision)
    if "job" in settings:
        return _service_task(context, scope, element, name)
    return Activity(scope, name, context.origin(element))


def _call_activity(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    found = context.settings(element)
    settings, mapping = found.get("call", CallSettings()), found.get("mapping", MappingSettings())
    key = plain_name(element.get("calledElement"))
    process = settings.process or (Literal(key) if key else None)
    if process is None:
        return Activity(scope, name, context.origin(element))
    return CallActivity(scope, name, context.origin(element), process, settings, mapping)


def _exclusive(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    return ExclusiveGateway(scope, name, context.origin(element), element.get("default"))


def _inclusive(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    kind = ConditionalSplit if element.get(N + "kind") == "conditional" else InclusiveGateway
    return kind(scope, name, context.origin(element), element.get("default"))


def _parallel(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    if element.get(N + "kind") == "fork":
        return Spec(scope, name, context.origin(element))
    if element.get(N + "kind") == "sequence":
        return OneAtATime(scope, name, context.origin(element))
    return ParallelGateway(scope, name, context.origin(element))


def _complex(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    origin = context.origin(element)
    if element.get(N + "kind") == "gate":
        return TokenGate(scope, name, origin, int(element.get(N + "quantity") or 1))
    activation = context.expression(element, element.find(B + "activationCondition"))
    return ComplexGateway(scope, name, origin, element.get("default"), activation)


def _event_gateway(context: Context, scope: ScopeSpec, element: Element, name: str) -> Spec:
    return EventGateway(scope, name, context.origin(element))


_KINDS: dict[str, Compile] = {
    "task": _task,
    "userTask": _user_task,
    "manualTask": _user_task,
    "scriptTask": _script_task,
    "serviceTask": _service_task,
    "sendTask": _send_task,
    "receiveTask": events.receive_task,
    "businessRuleTask": _decision_task,
    "callActivity": _call_activity,
    "exclusiveGateway": _exclusive,
    "inclusiveGateway": _inclusive,
    "parallelGateway": _parallel,
    "complexGateway": _complex,
    "eventBasedGateway": _event_gateway,
    "startEvent": events.start_event,
    "intermediateCatchEvent": events.catch_event,
    "intermediateThrowEvent": events.throw_event,
    "implicitThrowEvent": events.throw_event,
    "endEvent": events.throw_event,
}
