"""Applies the events of the inbox to an instance: one function a kind of event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import routing
from engine.bpmn.specs.activities import UserTask
from engine.bpmn.specs.jobs import JobTask
from engine.bpmn.specs.triggers import ErrorTrigger
from engine.bpmn.token import ERROR, READY, STARTED, WAITING, Token
from engine.bpmn.variables import storable_variables
from engine.instances import InstanceStatus
from engine.ports import Event, EventKind

if TYPE_CHECKING:
    from engine.bpmn.workflow import Instance


def apply(instance: Instance, event: Event) -> bool:
    """Apply ``event``; the caller advances the instance afterwards.

    An event whose token does not wait any more is passed over.

    Returns:
        False for a message that nothing waits for, and for an answer to what waits no more.

    Raises:
        VariableError: the payload holds what no variable can; nothing was changed.
    """
    storable_variables(event.payload)
    if event.kind is EventKind.MESSAGE:
        return instance.status is InstanceStatus.ACTIVE and routing.deliver_message(
            instance, event.name or "", event.correlation_key, event.payload
        )
    answer = event.kind is EventKind.USER_TASK_COMPLETED
    if instance.status is not InstanceStatus.ACTIVE:
        return not answer
    if event.kind is EventKind.CANCEL:
        instance.end(InstanceStatus.CANCELLED)
    elif event.kind is EventKind.SIGNAL:
        routing.deliver_signal(instance, event.name or "", event.payload)
    else:
        token = instance.find(event.token)
        if answer:
            return token is not None and _submitted(instance, token, event)
        if token is not None:
            _at_token(instance, token, event)
    return True


def _submitted(instance: Instance, token: Token, event: Event) -> bool:
    """Give an answer to its user task, and tell whether it waited."""
    spec = token.task_spec
    if token.state != READY or not isinstance(spec, UserTask):
        return False
    data, opened, by = event.payload, event.opened_with, event.by
    instance.attempt(token, lambda: spec.submit(token, data, opened, by))
    return True


def _at_token(instance: Instance, token: Token, event: Event) -> None:
    spec = token.task_spec
    if event.kind is EventKind.TIMER_DUE:
        if token.state == WAITING and event.slot in spec.slots(token):
            instance.attempt(token, lambda: spec.fire(token, event.slot, event.payload))
    elif event.kind is EventKind.JOB_DONE:
        if token.state == STARTED and isinstance(spec, JobTask):
            instance.attempt(token, lambda: spec.job_done(token, event.payload))
    elif event.kind is EventKind.JOB_ERROR:
        if token.state == STARTED and isinstance(spec, JobTask):
            _job_error(instance, token, event)
    elif event.kind is EventKind.RETRY and token.state == ERROR:
        instance.assign(token, event.payload)
        instance.retry(token, event.by)


def _job_error(instance: Instance, token: Token, event: Event) -> None:
    code = event.name or ""
    message = str(event.payload.get("message") or "The job handler reported an error.")
    payload = {"error": {**event.payload, "code": code, "message": message}}

    def climb() -> None:
        if not routing.propagate(instance, token, ErrorTrigger, code, payload):
            instance.stop(
                token,
                f"The job ended with the error {code!r}, which nothing catches: {message}",
                "Draw an error boundary event for it, or settle the cause and try again.",
            )

    instance.attempt(token, climb)


__all__ = ["apply"]
