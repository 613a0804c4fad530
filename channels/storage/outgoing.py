"""Replies on their way out, as the outbox reads them, and whom they answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from channels import media
from channels.model import ChannelAccount, Reply, ReplyStatus
from channels.storage.accounts import COLUMNS, account_of
from channels.storage.notes import NoteRow
from channels.storage.tables import AccountRow, ConversationRow, IdentityRow, MentionRow, ReplyRow
from engine.storage.bulk import among
from engine.storage.lists.bounds import literals
from engine.storage.ready import Ready


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply with all that sending it needs; without an account it names no conversation."""

    reply: Reply
    account: ChannelAccount | None
    approved_digest: str | None
    inquiries: int
    sending_at: datetime | None  #: UTC; when the last attempt began
    series: str | None = None  #: the answer it is a part of, if it has several
    due_at: datetime | None = None  #: UTC; nothing is done before
    note_id: int | None = None  #: it tells the team of this note, and no customer of anything


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a reply in a conversation answers."""

    conversation_id: int
    account: ChannelAccount
    in_reply_to: str | None
    recipient: str
    thread: str = ""
    answerable: bool = True
    asked_at: datetime | None = None  #: as of a :class:`Reply`
    heard_at: datetime | None = None


def _heard() -> Any:
    """Return when the customer of a conversation wrote in private last, as a column."""
    words, who = aliased(MentionRow), aliased(IdentityRow)
    return (
        select(func.max(words.created_at))
        .join(who, who.id == words.identity_id)
        .where(
            words.conversation_id == ConversationRow.id,
            words.private,
            who.customer_id == ConversationRow.customer_id,
        )
        .correlate(ConversationRow)
        .scalar_subquery()
        .label("heard_at")
    )


def _addressees(*, private: bool) -> Any:
    newest = (
        select(func.max(MentionRow.id))
        .join(IdentityRow, IdentityRow.id == MentionRow.identity_id)
        .where(MentionRow.conversation_id == ConversationRow.id)
    )
    if private:
        newest = newest.where(IdentityRow.customer_id == ConversationRow.customer_id)
    return (
        select(ConversationRow.id.label("conversation_id"), MentionRow.external_id,
               MentionRow.created_at.label("asked_at"), MentionRow.answerable, _heard(),
               IdentityRow.handle.label("recipient"), ConversationRow.thread, *COLUMNS)
        .select_from(ConversationRow)
        .join(AccountRow, AccountRow.id == ConversationRow.account_id)
        .outerjoin(
            MentionRow, MentionRow.id == newest.correlate(ConversationRow).scalar_subquery()
        )
        .outerjoin(IdentityRow, IdentityRow.id == MentionRow.identity_id)
        .where(among(ConversationRow.id), ConversationRow.workspace_id == bindparam("workspace"))
    )  # fmt: skip


#: By whether the reply is private. Built once: every answer of an agent asks for them.
_ADDRESSEES = {private: Ready(_addressees(private=private)) for private in (False, True)}


def addressees(
    connection: Connection, workspace_id: int, conversations: Collection[int], *, private: bool
) -> dict[int, Addressee]:
    """Return whom replies answer: in public the newest mention of the conversation.

    A private reply goes to the customer of the conversation alone; somebody who joined the
    thread in public must not read it.
    """
    asked = {"workspace": workspace_id, "ids": conversations}
    found = _ADDRESSEES[private].all(connection, asked)
    return {
        row.conversation_id: Addressee(
            row.conversation_id,
            account_of(row),
            row.external_id,
            row.recipient or "",
            row.thread,
            row.answerable is not False,
            row.asked_at,
            row.heard_at,
        )
        for row in found
    }


def due(
    connection: Connection,
    workspace_id: int,
    statuses: Collection[ReplyStatus],
    now: datetime,
    *,
    limit: int,
) -> list[Outgoing]:
    """Return replies in ``statuses`` that are due, oldest first, at most one a conversation.

    One that stands behind an unfinished reply of its conversation has to wait: a customer reads
    them in the order they were written. Behind one that somebody put off none waits, but for the
    later parts of the same answer: they go out when the part before has certainly arrived.
    """
    # First which, then all that is told of them. Most looks find none; and PostgreSQL plans a look
    # by a moment anew each time, which takes long where much is joined.
    asked = {"workspace": workspace_id, "moment": now, "most": limit}
    order = [row.id for row in _due(tuple(statuses)).all(connection, asked)]
    if not order:
        return []
    found = {row.id: _read(row) for row in _OUTGOING.all(connection, {"ids": order})}
    return [found[id] for id in order if id in found]


def get(connection: Connection, workspace_id: int, reply_id: int) -> Outgoing | None:
    """Return one reply, or None when the workspace has no such reply."""
    found = connection.execute(
        _outgoing().where(ReplyRow.id == reply_id, ReplyRow.workspace_id == workspace_id)
    ).first()
    return _read(found) if found else None


def unsettled(connection: Connection, workspace_id: int, *, limit: int) -> list[Outgoing]:
    """Return the replies of which only a person can say whether they went out, oldest first."""
    found = connection.execute(
        _outgoing()
        .where(
            ReplyRow.workspace_id == workspace_id,
            ReplyRow.status == ReplyStatus.UNKNOWN,
            ReplyRow.due_at.is_(None),
        )
        # By a moment that none of them has: only an index that knows the status has that order.
        .order_by(ReplyRow.due_at, ReplyRow.id)
        .limit(limit)
    )
    return [_read(row) for row in found]


#: The mention that is answered; of an answer in parts, by the first of them.
_ANSWERED = aliased(MentionRow, name="answered")
#: The part of the same answer that comes before.
_BEFORE = aliased(ReplyRow, name="before")
_IS_BEFORE = and_(
    _BEFORE.workspace_id == ReplyRow.workspace_id,
    _BEFORE.series == ReplyRow.series,
    _BEFORE.part == ReplyRow.part - 1,
)


@cache
def _due(statuses: tuple[ReplyStatus, ...]) -> Ready:
    earlier = aliased(ReplyRow)
    before = and_(
        earlier.id < ReplyRow.id,
        earlier.due_at.is_not(None),
        or_(
            earlier.status != ReplyStatus.APPROVED.value,
            earlier.send_at.is_(None),
            earlier.send_at <= bindparam("moment"),
        ),
    )
    same = earlier.conversation_id == ReplyRow.conversation_id
    waits = select(earlier.id).where(same, before).exists()
    # The second note on a conversation goes into the thread of the first. Not «or»: each has its
    # index.
    thread = and_(earlier.workspace_id == ReplyRow.workspace_id, earlier.series == ReplyRow.series)
    noted = select(earlier.id).where(ReplyRow.note_id.is_not(None), thread, before).exists()
    incomplete = select(_BEFORE.id).where(_IS_BEFORE, _BEFORE.status != ReplyStatus.SENT.value)
    return Ready(
        select(ReplyRow.id)
        .where(
            ReplyRow.workspace_id == bindparam("workspace"),
            literals(ReplyRow.status, statuses),
            ReplyRow.due_at <= bindparam("moment"),
            ~waits,
            ~noted,
            ~incomplete.exists(),
        )
        .order_by(ReplyRow.due_at, ReplyRow.id)
        .limit(bindparam("most"))
    )


def _first_of_notes() -> Any:
    """Return the external id of the first note on a conversation in a channel, as a column."""
    first = aliased(ReplyRow)
    return (
        select(first.external_id)
        .where(
            ReplyRow.note_id.is_not(None),
            first.workspace_id == ReplyRow.workspace_id,
            first.series == ReplyRow.series,
            first.external_id.is_not(None),
        )
        .order_by(first.id)
        .limit(1)
        .correlate(ReplyRow)
        .scalar_subquery()
    )


def _outgoing() -> Select[Any]:
    return (
        select(
            ReplyRow.__table__,
            func.coalesce(ConversationRow.thread, _first_of_notes()).label("thread"),
            NoteRow.conversation_id.label("noted"),
            AccountRow.channel,
            AccountRow.handle,
            AccountRow.enabled,
            AccountRow.position,
            AccountRow.settings,
            AccountRow.sealed,
            func.coalesce(_BEFORE.external_id, ReplyRow.in_reply_to).label("answers"),
            _ANSWERED.answerable,
            _ANSWERED.created_at.label("asked_at"),
            _heard(),
        )
        .outerjoin(ConversationRow, ConversationRow.id == ReplyRow.conversation_id)
        .outerjoin(NoteRow, NoteRow.id == ReplyRow.note_id)
        .outerjoin(AccountRow, AccountRow.id == ReplyRow.account_id)
        .outerjoin(
            _ANSWERED,
            and_(
                _ANSWERED.account_id == ReplyRow.account_id,
                _ANSWERED.external_id == ReplyRow.in_reply_to,
            ),
        )
        .outerjoin(_BEFORE, _IS_BEFORE)
    )


#: Built once, as :func:`due` is: every look for replies asks it.
_OUTGOING = Ready(_outgoing().where(among(ReplyRow.id)))


def _read(row: Any) -> Outgoing:
    reply = Reply(
        id=row.id, conversation_id=row.conversation_id or row.noted or 0, text=row.text,
        private=row.private, status=ReplyStatus(row.status), idempotency_key=row.idempotency_key,
        created_at=row.created_at, in_reply_to=row.answers, thread=row.thread or "",
        recipient=row.recipient, external_id=row.external_id, sent_at=row.sent_at,
        attempts=row.attempts, error=row.error, job_id=row.job_id, by=row.by, send_at=row.send_at,
        held_by=row.held_by, withdrawn_by=row.withdrawn_by, part=row.part, parts=row.parts,
        answerable=row.answerable is not False, asked_at=row.asked_at, heard_at=row.heard_at,
        hand_off=row.hand_off, files=media.read(row.files),
    )  # fmt: skip
    account = None
    if row.account_id is not None:
        account = ChannelAccount(
            row.account_id, row.channel, row.handle, row.enabled, row.position, row.settings,
            row.sealed,
        )  # fmt: skip
    return Outgoing(
        reply,
        account,
        row.approved_digest,
        row.inquiries,
        row.sending_at,
        row.series,
        row.due_at,
        row.note_id,
    )
