"""An answer in the form of a user task: what would go out, and what stands in its way.

A form writes an answer where it has a text area named ``answer``, ``reply`` or ``text``. Beside it
``visibility`` (or the variable ``private``) says who can read it, ``split`` whether it may go out
in parts, ``send_at`` when, and ``files`` what goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from channels.composing import Composed
from channels.enclosures import ids_of
from channels.errors import (
    ChannelError,
    FileRejectedError,
    NotConfirmedError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.media import Enclosure, alt_of
from channels.model import ChannelAccount, conversation_id_of
from channels.policy import refusal
from engine.errors import AlreadyClaimedError, UserTaskClosedError
from engine.records import OpenedUserTask
from engine.user_tasks import OPEN, UserTask
from webapp import form_view
from webapp.filters import network_title
from webapp.moments import typed
from webapp.services import services

#: The field that says when an answer goes out, and the one that names its files.
SEND_AT, FILES = "send_at", "files"


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that a form would send, and how it stands."""

    field: str  #: key of the text area
    account: ChannelAccount
    composed: Composed
    splits: bool  #: the form lets a person have it sent in parts

    def trouble(self, confirmed: str | None) -> ChannelError | None:
        """Return why it cannot go out as it is; ``confirmed`` is what a person agreed to."""
        if self.composed.chance.refusal:
            return ReplyRefusedError(f"Not sent: {self.composed.chance.refusal}")
        if self.composed.blocked:
            return ReplyRefusedError(refusal(self.composed.findings))
        if self.composed.broken:
            return ReplyRefusedError(" ".join(map(str, self.composed.broken)))
        if self.composed.too_long:
            return ReplyTooLongError(
                network_title(self.account.channel),
                length=self.composed.length,
                limit=self.composed.limit,
            )
        if self.composed.findings and confirmed != self.composed.token:
            return NotConfirmedError(
                [one.message for one in self.composed.findings], self.composed.token
            )
        return None


def draft_of(opened: OpenedUserTask, data: Mapping[str, Any]) -> Draft | None:
    """Return the answer that ``data`` would send; None when the form sends none.

    Args:
        opened: the user task.
        data: what was filled in; what is missing is as the variables have it.
    """
    if opened.form is None:
        return None
    schema = opened.form.schema
    views = form_view.fields(schema, opened.variables, sent=data)
    view = next((one for one in views if one.composes and not one.hidden), None)
    if view is None:
        return None
    splits = any(one.field.key == "split" and not one.hidden for one in views)
    values = {**opened.variables, **data}
    looked = _look(opened, view.value, values, split=splits and _is_true(values, "split"))
    return None if looked is None else Draft(view.field.key, *looked, splits)


def offered_by(opened: OpenedUserTask) -> Composed | None:
    """Return how the answer stands that a form shows, and lets nobody change, for approval."""
    values = opened.variables
    views = form_view.fields(opened.form.schema, values) if opened.form else []
    view = next((one for one in views if one.offers and not one.hidden), None)
    if view is None:
        return None
    looked = _look(opened, view.value, values, split=_is_true(values, "split"))
    return None if looked is None else looked[1]


def _look(
    opened: OpenedUserTask, text: object, values: Mapping[str, Any], *, split: bool
) -> tuple[ChannelAccount, Composed] | None:
    number = conversation_id_of(opened.task.correlation_key or "")
    composing = services().outbox.composing
    private = _is_private(values)
    to = None if number is None else composing.addressee(number, private=private)
    if to is None:
        return None
    said = text if isinstance(text, str) else ""
    files = services().outbox.enclosures.named(to.conversation_id, values.get(FILES))
    try:
        composed = composing.look(
            to.account, said, private=private, split=split, files=files, to=to
        )
    except ChannelError:
        return None  # the network is not installed: the outbox says so, and to whom it matters
    return to.account, composed


def files_of(opened: OpenedUserTask, sent: Mapping[str, Any] | None) -> tuple[Enclosure, ...]:
    """Return the files of an answer: those that were sent, or that are kept for the user task."""
    conversation = conversation_id_of(opened.task.correlation_key or "")
    if conversation is None:
        return ()
    enclosures = services().outbox.enclosures
    if sent is not None and FILES in sent:
        return enclosures.named(conversation, sent[FILES])
    named = enclosures.named(conversation, opened.variables.get(FILES))
    added = enclosures.of_user_task(conversation, opened.task.id)
    return (*named, *(one for one in added if one.id not in {each.id for each in named}))


def chosen(form: MultiDict[str, str]) -> tuple[int, ...]:
    """Return the ids of the files that a form names."""
    return ids_of(form.getlist(FILES))


def keep_descriptions(conversation: int, form: MultiDict[str, str]) -> None:
    """Keep what a person wrote about the files that the form names."""
    enclosures = services().outbox.enclosures
    for one in enclosures.named(conversation, list(chosen(form))):
        told = form.get(f"alt-{one.id}")
        if one.type and told is not None and alt_of(told) != one.alt:
            enclosures.describe(one.id, told)


def writable(number: int, login: str) -> tuple[UserTask, int]:
    """Return a user task whose answer ``login`` writes, and the conversation it goes to.

    Raises:
        NotFoundError: there is no such user task.
        AlreadyClaimedError: somebody else has claimed it.
        UserTaskClosedError: it waits no more.
        FileRejectedError: it belongs to no conversation.
    """
    task = services().engine.user_task(number)
    if task.status not in OPEN:
        raise UserTaskClosedError(number, task.status)
    if task.claimed_by not in (None, login):
        raise AlreadyClaimedError(number, task.claimed_by)
    conversation = conversation_id_of(task.correlation_key or "")
    if conversation is None:
        raise FileRejectedError("This user task belongs to no conversation: nothing can be sent.")
    return task, conversation


def in_utc(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``data`` with the moment of sending in UTC: a browser tells it as the person reads."""
    told = data.get(SEND_AT)
    try:
        return {**data, SEND_AT: typed(told).isoformat()} if isinstance(told, str) else dict(data)
    except ValueError:
        return dict(data)  # the form refuses it


def _is_private(values: Mapping[str, Any]) -> bool:
    if "visibility" in values:
        return bool(values["visibility"] == "private")
    return _is_true(values, "private")


def _is_true(values: Mapping[str, Any], name: str) -> bool:
    return values.get(name) in (True, "true", "on", "1")
