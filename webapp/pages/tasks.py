"""One user task: the conversation, the form and the customer side by side.

Nothing an agent wrote is lost: a refused or late answer comes back in the form, with what stood
in its way; the browser keeps a draft besides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.composing import Composed
from channels.media import Enclosure
from channels.model import conversation_id_of
from channels.shown import Conversation, Post
from engine.errors import (
    AlreadyClaimedError,
    FormRejectedError,
    UserTaskClosedError,
    UserTaskError,
)
from engine.records import OpenedUserTask
from engine.user_tasks import OPEN, Completion, UserTask
from webapp import composer, form_view, json_bodies, threads
from webapp.marks import Mark, waiting_marks
from webapp.people import Role
from webapp.security import current_person, local_target, require, require_for_all
from webapp.services import services

page = Blueprint("tasks", __name__, url_prefix="/tasks")
require_for_all(page, Role.AGENT, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose a user task is, as one person sees it."""

    task: UserTask
    me: str
    conversation: Conversation | None

    @property
    def is_open(self) -> bool:
        """Tell whether the user task still waits."""
        return self.task.status in OPEN

    @property
    def is_mine(self) -> bool:
        """Tell whether the person who looks has claimed it."""
        return self.is_open and self.task.claimed_by == self.me

    @property
    def changed(self) -> list[Post]:
        """Return the mentions that changed, or were taken back, since the user task waits."""
        since = self.task.created_at
        return [
            post
            for post in (self.conversation.posts if self.conversation and self.is_open else ())
            if (post.deleted_at or (post.earlier[-1].until if post.earlier else since)) > since
        ]

    @property
    def holder(self) -> str | None:
        """Return who else has claimed it."""
        return None if self.is_mine or not self.is_open else self.task.claimed_by


@dataclass(frozen=True, slots=True)
class Desk(Holding):
    """Everything the page shows of one user task."""

    opened: OpenedUserTask
    fields: list[form_view.FieldView]
    opened_with: str  #: JSON; sent back with the form
    limit: int | None  #: length the channel carries, as it counts
    kept: bool = False  #: the fields hold what the person sent, not what is stored
    trouble: str | None = None  #: why the answer was not taken
    marks: list[Mark] = field(default_factory=list)
    files: tuple[Enclosure, ...] = ()  #: of the answer that is written
    composed: Composed | None = None  #: how the answer stands that is written, or approved
    splits: bool = False  #: the form lets a person have a long answer sent in parts
    cost: int = 0  #: of the conversation so far, in millionths of a dollar


@page.get("/<int:number>")
def show(number: int) -> str:
    """Show a user task, open or closed."""
    with services().engine.reading():
        return _page(_desk(number))


@page.get("/<int:number>/state")
def state(number: int) -> str:
    """Return the line that says whose the user task is, for a page that stays open."""
    task = services().engine.user_task(number)
    conversation = services().conversations.by_correlation_key(task.correlation_key)
    desk = Holding(task, current_person().login, conversation)
    return render_template("task_state.html", desk=desk)


@page.get("/<int:number>/thread")
def thread(number: int) -> str:
    """Return the conversation, for a page that stays open."""
    key = services().engine.user_task(number).correlation_key
    conversation = services().conversations.by_correlation_key(key)
    if conversation is None:
        abort(404)
    return render_template("thread.html", posts=threads.lines(conversation))


@page.post("/<int:number>/compose")
@require(Role.AGENT)
def compose(number: int) -> str:
    """Return how the answer that is being written stands: its length, and what is in its way."""
    opened = services().engine.open_user_task(number)
    data = form_view.submitted(opened.form.schema, request.form) if opened.form else {}
    _keep_descriptions(opened.task)
    draft = composer.draft_of(opened, data)
    if draft is None:
        abort(404)
    return render_template(
        "composed.html",
        composed=draft.composed,
        confirmed=request.form.get("confirmed", ""),
        splits=draft.splits,
    )


@page.post("/<int:number>/claim")
@require(Role.AGENT)
def claim(number: int) -> ResponseReturnValue:
    """Claim and open the user task; when somebody was faster, go back and say who."""
    try:
        services().engine.claim(number, by=current_person().login)
    except UserTaskError as refusal:
        flash(str(refusal), "soon")
        return redirect(local_target(request.form.get("back")) or "/inbox", 303)
    return redirect(url_for("tasks.show", number=number), 303)


@page.post("/<int:number>/release")
@require(Role.AGENT, Role.MANAGER)
def release(number: int) -> ResponseReturnValue:
    """Put the user task back into its queue; a manager may also take it from somebody."""
    person = current_person()
    try:
        services().engine.release(number, by=person.login, force=person.may(Role.MANAGER))
    except UserTaskError as refusal:
        flash(str(refusal), "soon")
        return redirect(url_for("tasks.show", number=number), 303)
    flash("Released: it waits in its queue again. Your draft stays on this computer.", "calm")
    return redirect("/inbox", 303)


@page.post("/<int:number>/complete")
@require(Role.AGENT)
def complete(number: int) -> ResponseReturnValue:
    """Complete the user task and go on to the next; a refusal keeps what was written."""
    engine = services().engine
    with engine.reading():
        opened = engine.open_user_task(number)
        task, form = opened.task, opened.form
        data = form_view.submitted(form.schema, request.form) if form else {}
    _keep_descriptions(task)
    with engine.reading():  # what the descriptions say is looked at, too
        draft = composer.draft_of(opened, data) if task.status in OPEN else None
    if draft and (stopped := draft.trouble(request.form.get("confirmed"))):
        return _page(_desk(number, data, None, str(stopped))), 422
    try:
        completion = engine.complete(
            number,
            composer.in_utc(data),
            by=current_person().login,
            opened_with=_opened_with(),
        )
    except FormRejectedError as refusal:
        trouble = "Not sent yet: some answers need attention. They are marked below."
        desk = _desk(number, data, refusal.errors, trouble)
        return _page(desk), 422
    except (UserTaskClosedError, AlreadyClaimedError) as refusal:
        trouble = f"{refusal} What you wrote is kept below: copy what you still need."
        desk = _desk(number, data, trouble=trouble)
        return _page(desk), 409
    flash(_done(task, completion), "calm")
    flash(str(task.id), "draft-done")  # the next page lets the browser forget its draft
    return redirect(_next_address(task), 303)


def _keep_descriptions(task: UserTask) -> None:
    """Keep what a person wrote about the files of an answer, whatever becomes of it."""
    conversation = conversation_id_of(task.correlation_key or "")
    if conversation is not None and task.status in OPEN:
        composer.keep_descriptions(conversation, request.form)


def _page(desk: Desk) -> str:
    """Return the page, with the notes of colleagues on the conversation if there is one."""
    conversation = desk.conversation
    return render_template(
        "task.html",
        desk=desk,
        lines=threads.lines(conversation) if conversation else [],
        box=threads.note_box(conversation) if conversation else None,
    )


def _done(task: UserTask, completion: Completion) -> str:
    """Say that a user task is completed, and which ones its case waits for now."""
    said = f"Done: {task.name or 'the user task'} is completed."
    waiting = [
        f"{following.name or 'a user task'}, in the queue {following.queue}"
        for following in completion.next_user_tasks
        if following.queue and following.id != task.id
    ]
    return f"{said} Next comes: {'; '.join(waiting)}." if waiting else said


def _next_address(done: UserTask) -> str:
    """Return the user task to go on with: the one due soonest in the same queue, else the queue."""
    me = current_person().login
    following = services().engine.next_user_task(done.queue, by=me, besides=done.id)
    if following is None:
        return url_for("inbox.show", queue=done.queue)
    return f"/tasks/{following}"


def _opened_with() -> dict[str, Any] | None:
    """Return the values the form was opened with, as the page sent them back."""
    try:
        opened = json_bodies.read(request.form.get("opened_with", ""))
    except ValueError:
        return None
    return opened if isinstance(opened, dict) else None


def _desk(
    number: int,
    sent: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
    trouble: str | None = None,
) -> Desk:
    opened = services().engine.open_user_task(number, waiting=True)
    variables, form = opened.variables, opened.form
    schema: Mapping[str, Any] = form.schema if form else {}
    conversation = services().conversations.by_correlation_key(opened.task.correlation_key)
    files = composer.files_of(opened, sent)
    written = {**(sent or {}), composer.FILES: [one.id for one in files]}
    is_open = opened.task.status in OPEN
    draft = composer.draft_of(opened, written) if is_open else None
    composed = draft.composed if draft else composer.offered_by(opened)
    return Desk(
        task=opened.task,
        me=current_person().login,
        opened=opened,
        conversation=conversation,
        fields=form_view.fields(schema, variables, sent=sent, errors=errors),
        opened_with=json.dumps(form_view.opened_with(schema, variables), default=str),
        limit=composed.limit if composed else _limit(variables),
        kept=sent is not None,
        files=files,
        trouble=trouble,
        marks=waiting_marks(opened.waiting),
        composed=composed if is_open else None,
        splits=draft.splits if draft else False,
        cost=sum(services().conversations.cost_of(conversation.id).values()) if conversation else 0,
    )


def _limit(variables: Mapping[str, Any]) -> int | None:
    told = variables.get("conversation")
    limit = told.get("reply_limit") if isinstance(told, Mapping) else None
    return limit if isinstance(limit, int) and limit > 0 else None
