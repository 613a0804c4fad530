"""User tasks and their queues: list, claim, release, complete."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import abort
from pydantic import Field

from engine.definitions import Form
from engine.user_tasks import OPEN, Completion, QueueSummary, UserTask
from engine.user_tasks import UserTaskStatus as Status
from webapp import composer
from webapp.api.paging import Limit, Moment, RowId
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import allow, current_person, require
from webapp.services import services

api = APIBlueprint("api_user_tasks", __name__, url_prefix="", tag="User tasks")

_READERS = (Role.AGENT, Role.MANAGER)


class UserTaskOut(Out):
    """Work that waits for an agent."""

    id: int
    instance_id: int
    element: str
    name: str | None
    queue: str | None
    due: datetime | None
    claimed_by: str | None
    form: str | None = Field(description="Key of the form.")
    status: Status
    created_at: datetime
    priority: int = Field(description="0 to 100; higher comes first among equal due dates.")
    business_key: str | None
    correlation_key: str | None
    process: str


class After(Out):
    """Where the next page begins."""

    due: datetime | None
    id: int


class UserTasksOut(Out):
    """One page of user tasks, soonest due first."""

    items: list[UserTaskOut]
    after: After | None = Field(description="Send as after_due and after_id; null at the end.")


class UserTasksWanted(In):
    """Which user tasks to list."""

    instance_id: RowId | None = None
    queue: str | None = None
    claimed_by: str | None = Field(None, description="A login.")
    open_only: bool = True
    overdue_at: Moment | None = Field(None, description="Due before this moment.")
    after_due: Moment | None = None
    after_id: RowId | None = None
    limit: Limit = 50


class QueueOut(Out):
    """One queue at a glance."""

    queue: str
    open: int = Field(description="Counted up to 1,000, as the other numbers: more are 1,000.")
    unclaimed: int
    overdue: int


class QueuesOut(Out):
    """Every queue with open user tasks."""

    items: list[QueueOut]


class ReleaseIn(In):
    """How to release."""

    force: bool = Field(False, description="Also when somebody else holds it; for managers.")


class CompletionIn(In):
    """What the agent decided."""

    data: dict[str, Any] = Field(default_factory=dict, description="The fields of the form.")
    opened_with: dict[str, Any] | None = Field(
        None, description="The variables as they were shown; only what differs is written."
    )
    confirmed: str | None = Field(
        None, description="Repeats the token of a refusal, to send an answer in spite of warnings."
    )


class CompletionOut(Out):
    """What completing led to."""

    instance_id: int
    applied: bool = Field(description="False: the instance was busy; it is applied in order.")
    next_user_tasks: list[UserTaskOut]


class FormOut(Out):
    """A form-js schema."""

    key: str
    definition: dict[str, Any] = Field(validation_alias="schema", serialization_alias="schema")


@api.get("/queues")
@require(*_READERS)
@api.output(QueuesOut)
def queues() -> dict[str, list[QueueSummary]]:
    """List the queues with how much waits in them."""
    engine = services().engine
    return {"items": engine.queues(now=engine.clock.now())}


@api.get("/user-tasks")
@require(*_READERS)
@api.input(UserTasksWanted, location="query", arg_name="wanted")
@api.output(UserTasksOut)
def user_tasks(wanted: UserTasksWanted) -> dict[str, Any]:
    """List user tasks, the one due soonest first."""
    found = services().engine.user_tasks(
        wanted.instance_id,
        queue=wanted.queue,
        claimed_by=wanted.claimed_by,
        open_only=wanted.open_only,
        overdue_at=wanted.overdue_at,
        after=None if wanted.after_id is None else (wanted.after_due, wanted.after_id),
        limit=wanted.limit,
    )
    last = found[-1] if len(found) == wanted.limit else None
    return {"items": found, "after": None if last is None else {"due": last.due, "id": last.id}}


@api.get("/user-tasks/<int:user_task_id>")
@require(*_READERS)
@api.output(UserTaskOut)
@api.doc(responses=[404])
def user_task(user_task_id: int) -> UserTask:
    """Return one user task."""
    return services().engine.user_task(user_task_id)


@api.get("/user-tasks/<int:user_task_id>/form")
@require(*_READERS)
@api.output(FormOut)
@api.doc(responses=[404])
def form(user_task_id: int) -> Form:
    """Return the form of a user task."""
    found = services().engine.form(user_task_id)
    if found is None:
        abort(404, "This user task has no form. Complete it with any data.")
    return found


@api.get("/user-tasks/<int:user_task_id>/variables")
@require(*_READERS)
@api.doc(responses=[404])
def variables(user_task_id: int) -> dict[str, Any]:
    """Return the variables the user task sees."""
    engine = services().engine
    return engine.variables(engine.user_task(user_task_id).instance_id, user_task_id=user_task_id)


@api.post("/user-tasks/<int:user_task_id>/claim")
@require(Role.AGENT)
@api.output(UserTaskOut)
@api.doc(responses=[404, 409])
def claim(user_task_id: int) -> UserTask:
    """Take a user task, so that nobody else works on it."""
    return services().engine.claim(user_task_id, by=current_person().login)


@api.post("/user-tasks/<int:user_task_id>/release")
@require(Role.AGENT, Role.MANAGER)
@api.input(ReleaseIn, arg_name="wanted")
@api.output(UserTaskOut)
@api.doc(responses=[404, 409])
def release(user_task_id: int, wanted: ReleaseIn) -> UserTask:
    """Give a user task back to its queue."""
    if wanted.force:
        allow(Role.MANAGER)
    return services().engine.release(user_task_id, by=current_person().login, force=wanted.force)


@api.post("/user-tasks/<int:user_task_id>/complete")
@require(Role.AGENT)
@api.input(CompletionIn, arg_name="done")
@api.output(CompletionOut)
@api.doc(responses=[404, 409, 422])
def complete(user_task_id: int, done: CompletionIn) -> Completion:
    """Complete a user task and run its instance on.

    An answer that must not go out is refused; one that rules warn of is, until it is confirmed.
    """
    opened = services().engine.open_user_task(user_task_id)
    draft = composer.draft_of(opened, done.data) if opened.task.status in OPEN else None
    if draft and (stopped := draft.trouble(done.confirmed)):
        raise stopped
    return services().engine.complete(
        user_task_id, done.data, by=current_person().login, opened_with=done.opened_with
    )
