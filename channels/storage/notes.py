"""Rows of notes: what colleagues say to each other about a conversation.

One that was written here never changes; one that was said where the team talks is followed there.

What a note becomes in a channel of the team is a row of ``reply`` that names the note and no
conversation: it goes out by the rules of all replies, and no customer's answer waits for it.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from channels.model import ChannelAccount, Remark, ReplyStatus
from channels.shown import Earlier, Note, NotePost
from channels.storage import replies
from channels.storage.tables import AccountRow, ConversationRow, Owned, ReplyRow, Table
from engine.storage.bulk import insert_rows, insert_unless_there
from engine.storage.ready import Ready
from engine.storage.types import Id, UtcDateTime

#: Notes of one conversation that are shown: the newest.
MOST = 1_000


class NoteRow(Owned, Table):
    """Something that a colleague said about a conversation; no customer ever reads it."""

    __tablename__ = "note"
    __table_args__ = (
        # A form sent twice, and an answer that a network tells of twice, is one note.
        UniqueConstraint("workspace_id", "key"),
        Index("ix_note_conversation", "conversation_id", "id"),
    )

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"))
    key: Mapped[str] = mapped_column(String(320))
    #: The channel of the team in which it was said; NULL: it was written here.
    account_id: Mapped[int | None] = mapped_column(Id, ForeignKey("channel_account.id"))
    author: Mapped[str]
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: UTC, by the network's clock: who said it changed it last; and when we heard that it is gone.
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class NoteTextRow(Owned, Table):
    """Words of a note before they were changed; blank once it is deleted."""

    __tablename__ = "note_text"
    __table_args__ = (Index("ix_note_text_note", "note_id", "id"),)

    note_id: Mapped[int] = mapped_column(Id, ForeignKey("note.id"))
    text: Mapped[str]
    #: UTC, by the network's clock: it said so until then.
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Known:
    """A stored note as far as changing it needs it."""

    id: int
    conversation_id: int
    text: str
    edited_at: datetime | None
    deleted_at: datetime | None

    def saying(self, text: str, at: datetime) -> Known:
        """Return it as it is after a change."""
        return replace(self, text=text, edited_at=at)


def known(
    connection: Connection, workspace_id: int, account_id: int, ids: Collection[str]
) -> dict[str, Known]:
    """Return those notes that are kept of what was said in a channel, by external id."""
    keys = {key_of(account_id, id): id for id in ids}
    found = connection.execute(
        select(NoteRow.key, NoteRow.id, NoteRow.conversation_id, NoteRow.text, NoteRow.edited_at,
               NoteRow.deleted_at)
        .where(NoteRow.workspace_id == workspace_id, NoteRow.key.in_(keys))
    )  # fmt: skip
    return {keys[row.key]: Known(*row[1:]) for row in found}


def earlier(
    connection: Connection, note_ids: Collection[int]
) -> dict[int, list[tuple[str, datetime]]]:
    """Return what notes said before, and until when, by their ids, oldest first."""
    said: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    rows = connection.execute(
        select(NoteTextRow.note_id, NoteTextRow.text, NoteTextRow.at)
        .where(NoteTextRow.note_id.in_(note_ids))
        .order_by(NoteTextRow.id)
    )
    for row in rows:
        said[row.note_id].append((row.text, row.at))
    return said


def rewrite(
    connection: Connection, workspace_id: int, note: Known, text: str, at: datetime
) -> None:
    """Write what a note says now, and keep what it said before."""
    before = {"workspace_id": workspace_id, "note_id": note.id, "text": note.text, "at": at}
    insert_rows(connection, NoteTextRow, [before])
    _change(connection, note, {"text": text, "edited_at": at})


def confirm(connection: Connection, note: Known, at: datetime) -> None:
    """Write when a note was last changed into what it says already."""
    _change(connection, note, {"edited_at": at})


def _change(connection: Connection, note: Known, values: Mapping[str, Any]) -> None:
    connection.execute(
        update(NoteRow).where(NoteRow.id == note.id).values(**values),
        execution_options={"synchronize_session": False},
    )


def blank(connection: Connection, note_ids: Sequence[int], now: datetime) -> None:
    """Leave no word of notes, neither of now nor of before."""
    if not note_ids:
        return
    unsynchronised = {"synchronize_session": False}
    connection.execute(
        update(NoteRow).where(NoteRow.id.in_(note_ids)).values(text="", deleted_at=now),
        execution_options=unsynchronised,
    )
    connection.execute(
        update(NoteTextRow).where(NoteTextRow.note_id.in_(note_ids)).values(text=""),
        execution_options=unsynchronised,
    )


def add(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Insert notes, and return the ids of the new ones by their keys."""
    found = insert_unless_there(connection, NoteRow, list(rows), ["id", "key"])
    return {row.key: row.id for row in found}


def key_of(account_id: int, external_id: str) -> str:
    """Return the key of what was said in a channel of the team."""
    return f"at:{account_id}:{external_id}"


def send(
    connection: Connection,
    workspace_id: int,
    note: Mapping[str, Any],
    note_id: int,
    accounts: Iterable[ChannelAccount],
    text: str,
) -> None:
    """Have a note told to channels of the team, each once."""
    rows = [
        {
            "workspace_id": workspace_id, "account_id": account.id, "note_id": note_id,
            "text": text, "private": True, "status": ReplyStatus.APPROVED.value,
            "idempotency_key": hashlib.sha256(
                f"note:{workspace_id}:{note_id}:{account.id}".encode()
            ).hexdigest()[:40],
            "recipient": "", "by": note["author"], "created_at": note["created_at"],
            "due_at": note["created_at"], "attempts": 0, "inquiries": 0,
            "series": thread_of(account.id, note["conversation_id"]),
        }
        for account in accounts
    ]  # fmt: skip
    if rows:
        replies.add(connection, rows)


def thread_of(account_id: int, conversation_id: int) -> str:
    """Return the name of all that is told one channel of the team about one conversation."""
    return f"note:{account_id}:{conversation_id}"


def heard(
    connection: Connection, workspace_id: int, account_id: int, remarks: Iterable[Remark]
) -> tuple[set[int], bool]:
    """Store what was answered to notes of ours; the rest of what is said there is not for us.

    Returns:
        The conversations that have a new note, and whether some of it may answer a note of which
        we do not know yet how the network calls it: then it has to be heard again.
    """
    remarks = list(remarks)
    threads = {one.thread for one in remarks}
    ours = connection.execute(
        select(ReplyRow.external_id, NoteRow.conversation_id)
        .join(NoteRow, NoteRow.id == ReplyRow.note_id)
        .where(ReplyRow.account_id == account_id, ReplyRow.external_id.in_(threads))
    )
    places = {row.external_id: row.conversation_id for row in ours}
    rows = {
        key_of(account_id, one.external_id): {
            "workspace_id": workspace_id, "conversation_id": places[one.thread],
            "key": key_of(account_id, one.external_id), "account_id": account_id,
            "author": one.author, "text": one.text, "created_at": one.created_at,
        }
        for one in remarks
        if one.thread in places
    }  # fmt: skip
    new = add(connection, rows.values()) if rows else {}
    unplaced = bool(threads - places.keys()) and _is_telling(connection, account_id)
    return {rows[key]["conversation_id"] for key in new}, unplaced


def _is_telling(connection: Connection, account_id: int) -> bool:
    """Tell whether a note is on its way to a channel, and will be known there in a while."""
    under_way = (ReplyStatus.SENDING, ReplyStatus.UNKNOWN)
    return (
        connection.scalar(
            select(ReplyRow.id)
            .where(ReplyRow.account_id == account_id, ReplyRow.note_id.is_not(None))
            .where(ReplyRow.status.in_(under_way), ReplyRow.due_at.is_not(None))
            .limit(1)
        )
        is not None
    )


#: Asked with every user task and conversation that is shown.
_OF_CONVERSATION = Ready(
    select(NoteRow.__table__, AccountRow.channel, AccountRow.handle)
    .outerjoin(AccountRow, AccountRow.id == NoteRow.account_id)
    .where(
        NoteRow.workspace_id == bindparam("workspace"),
        NoteRow.conversation_id == bindparam("conversation"),
    )
    .order_by(NoteRow.id.desc())
    .limit(MOST)
)


def of_conversation(
    connection: Connection, workspace_id: int, conversation_id: int
) -> tuple[Note, ...]:
    """Return the notes on a conversation, oldest first, with where they were told."""
    asked = {"workspace": workspace_id, "conversation": conversation_id}
    found = _OF_CONVERSATION.all(connection, asked)
    told = _posts(connection, [row.id for row in found])
    changed = [row.id for row in found if row.edited_at]
    before = earlier(connection, changed) if changed else {}
    return tuple(
        Note(row.id, row.conversation_id, row.text, row.author, row.created_at, row.channel,
             row.handle, tuple(told.get(row.id, ())), row.deleted_at,
             tuple(Earlier(text, until) for text, until in before.get(row.id, ())))
        for row in reversed(found)
    )  # fmt: skip


def _posts(connection: Connection, ids: Collection[int]) -> dict[int, list[NotePost]]:
    posts: dict[int, list[NotePost]] = defaultdict(list)
    if ids:
        found = connection.execute(
            select(ReplyRow.note_id, ReplyRow.status, ReplyRow.error, AccountRow.channel,
                   AccountRow.handle)
            .join(AccountRow, AccountRow.id == ReplyRow.account_id)
            .where(ReplyRow.note_id.in_(ids))
            .order_by(ReplyRow.id)
        )  # fmt: skip
        for row in found:
            post = NotePost(row.channel, row.handle, ReplyStatus(row.status), row.error)
            posts[row.note_id].append(post)
    return posts


def is_there(connection: Connection, workspace_id: int, conversation_id: int) -> bool:
    """Tell whether the workspace has a conversation."""
    found = connection.scalar(
        select(ConversationRow.id).where(
            ConversationRow.id == conversation_id, ConversationRow.workspace_id == workspace_id
        )
    )
    return found is not None
