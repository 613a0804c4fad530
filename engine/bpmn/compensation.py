"""Undoing what was completed: handlers run last first, one at a time, outer scopes too.

While handlers run, the event that threw the compensation stays under way and holds the plan: a
list of ``[scope number, element index]``. A handler may be a user task, so the plan is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn import routing
from engine.bpmn.scope import Scope
from engine.bpmn.specs import triggers
from engine.bpmn.token import STARTED, Token

if TYPE_CHECKING:
    from engine.bpmn.workflow import Instance


def start(instance: Instance, thrower: Token, activity: str | None, *, wait: bool) -> bool:
    """Plan the compensation of the thrower's scope and run the first handler.

    Args:
        instance: where it happens.
        thrower: the throwing event's token.
        activity: BPMN id of the one activity to undo; None for all of them.
        wait: whether the flow behind the thrower goes on only when all is undone.

    Returns:
        False when there is nothing to undo. Otherwise the thrower has to stay.
    """
    scope: Scope = thrower.workflow
    while scope.spec.is_event_sub_process and scope.parent_workflow is not None:
        scope = scope.parent_workflow
    plan = _plan(scope, activity)
    if not plan:
        return False
    thrower.internal_data["plan"] = plan
    if not wait:
        # The flow goes on at once; the token stays only to keep the plan.
        thrower.task_spec.spread(thrower)
        thrower.internal_data["sent"] = True
    _next(instance, thrower)
    return True


def _plan(scope: Scope, activity: str | None) -> list[list[int]]:
    plan: list[list[int]] = []
    for record in reversed(scope.compensable[:]):
        if activity is not None and record.activity != activity:
            continue
        scope.compensable.remove(record)
        if record.handler is not None:
            plan.append([scope.number, record.handler.index])
        elif record.scope is not None:
            listener = record.scope.spec.compensation_listener
            if listener is not None:
                plan.append([record.scope.number, listener.index])
            else:
                plan.extend(_plan(record.scope, None))
    return plan


def _next(instance: Instance, thrower: Token) -> None:
    number, index = thrower.internal_data["plan"].pop(0)
    scope = instance.scopes[number] if number else instance
    handler = scope.put(scope.spec.elements[index])
    handler.internal_data["compensates"] = thrower.id


def go_on(instance: Instance, number: int) -> None:
    """Run the next handler of the thrower with that number, or let the thrower go on."""
    thrower = instance.find(number)
    if thrower is None or thrower.state != STARTED:
        return
    if thrower.internal_data["plan"]:
        _next(instance, thrower)
    elif any(isinstance(t, triggers.CancelTrigger) for t in thrower.task_spec.triggers):
        routing.cancelled(instance, thrower)
    else:
        thrower.complete()
