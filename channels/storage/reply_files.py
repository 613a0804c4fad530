"""Rows of the files that people add to replies. Lists never read their contents.

A row belongs to a conversation, and goes out there alone. What a reply was approved with is written
into the reply; a file that one has named is never removed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    bindparam,
    delete,
    false,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from channels.media import Enclosure
from channels.storage.tables import Owned, Table
from engine.storage.ready import Ready
from engine.storage.types import Id, UtcDateTime


class ReplyFileRow(Owned, Table):
    """A file for a reply in one conversation. Only its description changes."""

    __tablename__ = "reply_file"
    __table_args__ = (Index("ix_reply_file_conversation", "conversation_id", "id"),)

    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"))
    #: Of the engine: the user task in whose form it was added; NULL: in none.
    user_task_id: Mapped[int | None] = mapped_column(Id)
    name: Mapped[str]
    #: As its bytes say.
    type: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    #: SHA-256 of the content.
    digest: Mapped[str] = mapped_column(String(64))
    alt: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Whether a reply names it.
    bound: Mapped[bool] = mapped_column(server_default=false())


_NAMES = ("id", "name", "type", "size", "digest", "alt")


def add(
    connection: Connection,
    workspace_id: int,
    file: Enclosure,
    *,
    conversation_id: int,
    user_task_id: int | None,
    by: str,
    now: datetime,
) -> int:
    """Insert a file with its content, and return its id."""
    row = insert(ReplyFileRow).values(
        workspace_id=workspace_id, conversation_id=conversation_id, user_task_id=user_task_id,
        name=file.name, type=file.type, size=len(file.content),
        digest=hashlib.sha256(file.content).hexdigest(), alt=file.alt, content=file.content,
        added_by=by, added_at=now, bound=False,
    )  # fmt: skip
    id: int = connection.execute(row.returning(ReplyFileRow.id)).scalar_one()
    return id


def listed(
    connection: Connection, workspace_id: int, ids: Collection[int]
) -> dict[int, tuple[int, Enclosure]]:
    """Return files by id with their conversations, without what they hold."""
    wanted = _listing().where(
        ReplyFileRow.workspace_id == workspace_id, ReplyFileRow.id.in_(set(ids))
    )
    return {row.id: (row.conversation_id, _read(row)) for row in connection.execute(wanted)}


def of_user_task(
    connection: Connection, workspace_id: int, conversation_id: int, user_task_id: int
) -> tuple[Enclosure, ...]:
    """Return the files added in a user task that no reply names, oldest first."""
    asked = {"conversation": conversation_id, "workspace": workspace_id, "task": user_task_id}
    return tuple(map(_read, _OF_USER_TASK.all(connection, asked)))


def content(connection: Connection, workspace_id: int, id: int) -> Enclosure | None:
    """Return one file with what it holds; None when the workspace has no such file."""
    row = connection.execute(
        _listing()
        .add_columns(ReplyFileRow.content)
        .where(ReplyFileRow.id == id, ReplyFileRow.workspace_id == workspace_id)
    ).first()
    return replace(_read(row), content=row.content) if row else None


def describe(connection: Connection, workspace_id: int, id: int, alt: str) -> bool:
    """Set the description of a file, and tell whether there is one of that id."""
    changed = connection.execute(
        update(ReplyFileRow)
        .where(ReplyFileRow.id == id, ReplyFileRow.workspace_id == workspace_id)
        .values(alt=alt)
    )
    return changed.rowcount > 0


def remove(connection: Connection, workspace_id: int, id: int, *, user_task_id: int) -> bool:
    """Remove a file that was added in this user task, unless a reply names it."""
    gone = connection.execute(
        delete(ReplyFileRow).where(
            ReplyFileRow.id == id,
            ReplyFileRow.workspace_id == workspace_id,
            ReplyFileRow.user_task_id == user_task_id,
            ReplyFileRow.bound.is_(False),
        )
    )
    return gone.rowcount > 0


def bind(connection: Connection, ids: Collection[int]) -> None:
    """Note that replies name these files: they stay."""
    connection.execute(update(ReplyFileRow).where(ReplyFileRow.id.in_(set(ids))).values(bound=True))


def count(connection: Connection, conversation_id: int, user_task_id: int | None) -> int:
    """Return how many files were added in a user task, or, of none, to a conversation."""
    found: int = connection.execute(
        select(func.count()).where(
            ReplyFileRow.conversation_id == conversation_id,
            ReplyFileRow.user_task_id.is_not_distinct_from(user_task_id),
            ReplyFileRow.bound.is_(False),
        )
    ).scalar_one()
    return found


def _listing() -> Select[Any]:
    columns = [getattr(ReplyFileRow, name) for name in _NAMES]
    return select(*columns, ReplyFileRow.conversation_id)


def _read(row: Any) -> Enclosure:
    return Enclosure(*(getattr(row, name) for name in _NAMES))


#: Asked with every user task that is shown.
_OF_USER_TASK = Ready(
    _listing()
    .where(
        ReplyFileRow.conversation_id == bindparam("conversation"),
        ReplyFileRow.workspace_id == bindparam("workspace"),
        ReplyFileRow.user_task_id == bindparam("task"),
        ReplyFileRow.bound.is_(False),
    )
    .order_by(ReplyFileRow.id)
)
