"""What can happen now in a simulation."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import Literal
from engine.bpmn.simulating.trial import Trial
from engine.bpmn.specs.activities import UserTask
from engine.bpmn.specs.catching import Catch
from engine.bpmn.specs.element import Flow
from engine.bpmn.specs.gateways import Choosing, ConditionalSplit, ExclusiveGateway
from engine.bpmn.specs.jobs import JobTask
from engine.bpmn.specs.triggers import (
    CancelTrigger,
    CodedTrigger,
    CompensateTrigger,
    ConditionTrigger,
    ErrorTrigger,
    Gap,
    MessageTrigger,
    SignalTrigger,
    TimerTrigger,
    Trigger,
)
from engine.bpmn.token import READY, STARTED, WAITING, Token
from engine.simulation import Choice, Happening, Option

#: Triggers that something inside the instance throws.
_FROM_INSIDE = (CodedTrigger, CancelTrigger, CompensateTrigger)


def place(trial: Trial, token: Token) -> str:
    """Return the element as moves name it."""
    return trial.place(token)


def choices(trial: Trial) -> tuple[Choice, ...]:
    """Return what can happen, where tokens came first first; the same thing is there once."""
    if not trial.begun:
        return tuple(_starts(trial))
    found: dict[tuple[str, Happening], Choice] = {}
    for token in sorted(trial.tokens(), key=lambda one: one.id):
        for choice in at(trial, token):
            found.setdefault((choice.element, choice.what), choice)
    return tuple(found.values())


def at(trial: Trial, token: Token) -> Iterator[Choice]:
    """Yield what can happen at one token."""
    spec = token.task_spec
    if isinstance(spec, Choosing) and token.id in trial.held:
        yield _way(trial, token, spec)
    elif is_work(trial, token):
        yield _choice(trial, token, Happening.COMPLETE, (Option((), "It is done"),))
        for kind in (Happening.ERROR, Happening.ESCALATION):
            options = tuple(_caught(token, error=kind is Happening.ERROR))
            if options:
                yield _choice(trial, token, kind, options)
    elif isinstance(spec, Catch) and token.state == WAITING:
        options = tuple(
            Option((str(slot),), *_described(trigger))
            for slot, trigger in spec.pending(token)
            if not isinstance(trigger, _FROM_INSIDE)
        )
        if options:
            yield _choice(trial, token, Happening.HAPPEN, options)


def is_work(trial: Trial, token: Token) -> bool:
    """Say whether somebody or something is at work at ``token``, and can say that it is done."""
    spec = token.task_spec
    if token.id in trial.held:
        return not isinstance(spec, Choosing)
    if isinstance(spec, UserTask):
        return token.state == READY
    return isinstance(spec, JobTask) and token.state == STARTED


def _starts(trial: Trial) -> Iterator[Choice]:
    for start in trial.spec.starts:
        element = start.bpmn_id or start.name
        described = [_described(trigger)[0] for trigger in start.triggers]
        label = " or ".join(described) or "Start here"
        option = Option((), label)
        name = start.bpmn_name or element
        yield Choice(element, name, start.origin.kind, Happening.START, (option,))


def _choice(
    trial: Trial, token: Token, what: Happening, options: tuple[Option, ...], **more: int
) -> Choice:
    spec, element = token.task_spec, trial.place(token)
    return Choice(
        element,
        spec.bpmn_name or element,
        spec.origin.kind,
        what,
        options,
        several=bool(more),
        least=more.get("least", 1),
    )


def _described(trigger: Trigger) -> tuple[str, str | None]:
    if isinstance(trigger, MessageTrigger):
        return f"The message '{trigger.name}' comes", None
    if isinstance(trigger, SignalTrigger):
        return f"The signal '{trigger.name}' comes", None
    if isinstance(trigger, TimerTrigger):
        return "The time has come", trigger.expression.text
    if isinstance(trigger, ConditionTrigger):
        return "The condition becomes true", trigger.condition.text
    return ("It happens", "its trigger is missing" if isinstance(trigger, Gap) else None)


# -- which way ------------------------------------------------------------


def _way(trial: Trial, token: Token, spec: Choosing) -> Choice:
    always = set()
    if isinstance(spec, ConditionalSplit):
        always = {f.id for f in spec.outgoing if f.condition is None and f.id != spec.default}
    suggested = _suggested(token, spec)
    options = tuple(
        Option(
            (flow.id,),
            flow.name or flow.target.bpmn_name or flow.target.bpmn_id or flow.id,
            _detail(flow, spec),
            suggested=flow.id in suggested,
            always=flow.id in always,
            shown_at=flow.id,
        )
        for flow in spec.outgoing
    )
    if isinstance(spec, ExclusiveGateway):
        return _choice(trial, token, Happening.TAKE, options)
    least = 0 if isinstance(spec, ConditionalSplit) else 1
    return _choice(trial, token, Happening.TAKE, options, least=least)


def _detail(flow: Flow, spec: Choosing) -> str | None:
    if flow.id == spec.default:
        return "otherwise"
    return flow.condition.text if flow.condition is not None else None


def _suggested(token: Token, spec: Choosing) -> set[str]:
    """Return the flows the variables lead to; none where a condition cannot be told."""
    holding: set[str] = set()
    for flow in spec.outgoing:
        if flow.id == spec.default or flow.condition is None:
            continue
        holds = _holds(token, flow)
        if holds is None:
            return set()
        if holds:
            holding.add(flow.id)
            if spec.first_only:
                return holding
    return holding or {spec.default} if spec.default else holding


def _holds(token: Token, flow: Flow) -> bool | None:
    if flow.condition is None or isinstance(flow.condition, Literal):
        return None
    try:
        return bool(token.evaluate(flow.condition))
    except ExpressionError:
        return None


# -- errors ------------------------------------------------------------


def _caught(origin: Token, *, error: bool) -> Iterator[Option]:
    """Yield the codes that something around ``origin`` catches, the nearest first."""
    seen = set()
    token: Token | None = origin
    while token is not None:
        around = [*token.children]
        if token.parent is None:
            around += [t for t in token.workflow.tasks.values() if t.task_spec.is_listener]
        for catcher in around:
            for _, trigger in catcher.task_spec.pending(catcher):
                fits = isinstance(trigger, CodedTrigger) and (
                    isinstance(trigger, ErrorTrigger) is error
                )
                if fits and trigger.code not in seen and catcher.state == WAITING:
                    seen.add(trigger.code)
                    name = catcher.task_spec.bpmn_name or trigger.name
                    yield Option(
                        (trigger.code or "",),
                        name,
                        trigger.code,
                        shown_at=catcher.task_spec.bpmn_id,
                    )
        token = token.parent or token.workflow.owner


__all__ = ["at", "choices", "is_work", "place"]
