"""Who takes what is thrown: messages, signals, errors, escalations, terminate, cancel.

A message goes to one waiting event; a signal to all; an error or escalation climbs from where it
was thrown: the boundary of its activity, the event sub-processes of the scope, the activity that
runs the scope, and so on outwards. On each rung an event with the very code comes before one that
takes any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.bpmn import compensation
from engine.bpmn.specs import triggers
from engine.bpmn.token import WAITING, Token
from engine.instances import InstanceStatus
from engine.ports import ThrownMessage

if TYPE_CHECKING:
    from engine.bpmn.workflow import Instance


def deliver_message(
    instance: Instance, name: str, key: str | None, payload: Mapping[str, Any]
) -> bool:
    """Give a message to the event that waits for it, the innermost and oldest first.

    Returns:
        False when nothing waits for that name and correlation key.
    """
    takers = [
        (-token.workflow.depth, token.id, token, slot)
        for token in instance.tokens()
        if token.state == WAITING
        for slot, trigger in token.task_spec.pending(token)
        if isinstance(trigger, triggers.MessageTrigger) and trigger.takes(token, slot, name, key)
    ]
    if not takers:
        return False
    _, _, token, slot = min(takers, key=lambda taker: taker[:2])
    instance.attempt(token, lambda: token.task_spec.fire(token, slot, payload))
    return True


def deliver_signal(instance: Instance, name: str, payload: Mapping[str, Any]) -> int:
    """Give a signal to every event that waits for it; returns how many took it."""
    takers = [
        (token, slot)
        for token in instance.tokens()
        if token.state == WAITING
        for slot, trigger in token.task_spec.pending(token)
        if isinstance(trigger, triggers.SignalTrigger) and trigger.name == name
    ]
    for token, slot in takers:
        _fire(instance, token, slot, payload)
    return len(takers)


def _fire(instance: Instance, token: Token, slot: int, payload: Mapping[str, Any]) -> None:
    # An earlier taker of the same signal may have interrupted this one.
    if token.alive and token.state == WAITING:
        instance.attempt(token, lambda: token.task_spec.fire(token, slot, payload))


def propagate(
    instance: Instance,
    origin: Token,
    kind: type[triggers.CodedTrigger],
    code: str | None,
    payload: Mapping[str, Any],
) -> bool:
    """Let an error or escalation climb from ``origin`` outwards; False when nobody takes it."""
    token: Token | None = origin
    while token is not None:
        while token.parent is not None and token.parent.task_spec.is_repeated:
            token = token.parent
        takers = _takers(token.children, kind, code)
        if not takers and not token.task_spec.is_event_sub_process:
            listeners = [t for t in token.workflow.tasks.values() if t.task_spec.is_listener]
            takers = _takers(listeners, kind, code)
        if takers:
            _, taker, slot = min(takers, key=lambda found: found[0])
            taker.task_spec.fire(taker, slot, payload)
            return True
        token = token.workflow.owner
    return False


def _takers(
    tokens: list[Token], kind: type[triggers.CodedTrigger], code: str | None
) -> list[tuple[int, Token, int]]:
    return [
        (0 if trigger.code is not None else 1, token, slot)
        for token in tokens
        if token.state == WAITING
        for slot, trigger in token.task_spec.pending(token)
        if isinstance(trigger, kind) and trigger.code in (None, code)
    ]


def throw(instance: Instance, token: Token, trigger: triggers.Trigger) -> bool:
    """Do what a throwing event says. True: the thrower waits, for compensation to be over."""
    if isinstance(trigger, triggers.MessageTrigger):
        key, payload = trigger.key_of(token), trigger.payload_of(token)
        if not deliver_message(instance, trigger.name, key, payload):
            over = trigger.expiry_of(token)
            instance.send_out(ThrownMessage(trigger.name, key, payload, expires_at=over))
    elif isinstance(trigger, triggers.SignalTrigger):
        payload = trigger.payload_of(token)
        instance.send_out(ThrownMessage(trigger.name, None, payload, signal=True))
        deliver_signal(instance, trigger.name, payload)
    elif isinstance(trigger, triggers.CodedTrigger):
        _throw_coded(instance, token, trigger)
    elif isinstance(trigger, triggers.TerminateTrigger):
        token.workflow.clear_but(token)
    elif isinstance(trigger, triggers.CompensateTrigger):
        return compensation.start(instance, token, trigger.activity, wait=trigger.wait_for_handlers)
    elif isinstance(trigger, triggers.CancelTrigger):
        token.workflow.clear_but(token)
        if compensation.start(instance, token, None, wait=True):
            return True
        cancelled(instance, token)
    return False


def _throw_coded(instance: Instance, token: Token, trigger: triggers.CodedTrigger) -> None:
    word = "error" if isinstance(trigger, triggers.ErrorTrigger) else "escalation"
    payload = {word: {"code": trigger.code, "message": trigger.name}}
    if word == "error":
        # The event did what it is for; what the error ends is not to take it for interrupted.
        token.workflow.leave(token)
        instance.left(token, completed=True)
    taken = propagate(instance, token, type(trigger), trigger.code, payload)
    if not taken and word == "error":
        instance.end(InstanceStatus.FAILED)


def cancelled(instance: Instance, token: Token) -> None:
    """A transaction was cancelled and compensated: its cancel boundary event goes on.

    Drawn outside a transaction, or without such a boundary event, it ends the scope.
    """
    scope = token.workflow
    for boundary in list(scope.owner.children) if scope.owner is not None else []:
        for slot, trigger in boundary.task_spec.pending(boundary):
            if isinstance(trigger, triggers.CancelTrigger):
                boundary.task_spec.fire(boundary, slot, {})
                return
    scope.finish()
