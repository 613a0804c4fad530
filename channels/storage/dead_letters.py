"""Rows of dead letters: calls that were not understood, and replies that did not arrive.

What became of a reply says its own row: one that was sent or withdrawn meanwhile, from wherever,
waits for nobody any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    LargeBinary,
    Row,
    Select,
    String,
    UniqueConstraint,
    and_,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from channels.model import ReplyStatus
from channels.storage.tables import AccountRow, Owned, ReplyRow, Table
from engine.figures import MOST
from engine.storage.bulk import insert_unless_there
from engine.storage.types import Id, UtcDateTime

OPEN, AGAIN, DONE, DROPPED = "open", "again", "done", "dropped"
IN, OUT = "in", "out"


class DeadLetterRow(Owned, Table):
    """One call, or one reply, of which a person has to decide."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        # The same call, or reply, again is the same letter.
        UniqueConstraint("account_id", "direction", "external_id"),
        Index("ix_dead_letter_workspace", "workspace_id", "id"),
        # Of the finished ones there are more every year.
        Index("ix_dead_letter_state", "workspace_id", "state", "id"),
    )

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("channel_account.id"))
    #: ``in`` or ``out``.
    direction: Mapped[str] = mapped_column(String(3))
    #: Id of the call, as its sender gave it, or the idempotency key of the reply.
    external_id: Mapped[str]
    reply_id: Mapped[int | None] = mapped_column(Id, ForeignKey("reply.id"))
    #: Of a call, exactly as it came.
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: What is wrong with a call, or the last answer to a reply.
    why: Mapped[str]
    #: How often it came, or was sent.
    tries: Mapped[int]
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: ``open``, ``again`` (it is being sent again), ``done`` or ``dropped``.
    state: Mapped[str] = mapped_column(String(8))
    #: Who did that, and when; NULL: nobody yet, or its sender.
    by: Mapped[str | None]
    by_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A call that was not understood, or a reply that did not arrive."""

    id: int
    account_id: int
    channel: str
    handle: str  #: of the account
    direction: str  #: ``in`` or ``out``
    external_id: str
    why: str  #: what is wrong with the call, or the last answer to the reply
    tries: int
    first_at: datetime  #: UTC
    last_at: datetime  #: UTC
    state: str  #: ``open``, ``again``, ``done`` or ``dropped``
    by: str | None  #: who had it sent or taken again, or dropped it
    by_at: datetime | None
    reply_id: int | None = None
    conversation_id: int | None = None
    text: str = ""  #: of the reply, or the beginning of the call

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for a person."""
        return self.state == OPEN


def keep(
    connection: Connection,
    workspace_id: int,
    letter: Mapping[str, Any],
    now: datetime,
    *,
    tries: int = 1,
) -> None:
    """Insert a letter, or note that it came, or failed, once more; then it is open again.

    Args:
        connection: in a transaction.
        workspace_id: whose.
        letter: account_id, direction, external_id, reply_id, body and why.
        now: UTC.
        tries: how often a reply was sent by now; a call counts by itself.
    """
    row = {
        "workspace_id": workspace_id, **letter, "tries": tries, "first_at": now, "last_at": now,
        "state": OPEN, "by": None, "by_at": None,
    }  # fmt: skip
    if insert_unless_there(connection, DeadLetterRow, [row], ["id"]):
        return
    again = DeadLetterRow.tries + 1 if letter["direction"] == IN else tries
    values = {"why": letter["why"], "tries": again, "last_at": now, "state": OPEN}
    connection.execute(
        update(DeadLetterRow)
        .where(
            DeadLetterRow.account_id == letter["account_id"],
            DeadLetterRow.direction == letter["direction"],
            DeadLetterRow.external_id == letter["external_id"],
            # A call that somebody dropped stays dropped, however often it comes.
            or_(DeadLetterRow.direction == OUT, DeadLetterRow.state != DROPPED),
        )
        .values(values)
    )


def came_right(connection: Connection, account_id: int, external_id: str, now: datetime) -> None:
    """Note that a call was understood this time."""
    connection.execute(
        update(DeadLetterRow)
        .where(
            DeadLetterRow.account_id == account_id,
            DeadLetterRow.direction == IN,
            DeadLetterRow.external_id == external_id,
            DeadLetterRow.state != DONE,
        )
        .values(state=DONE, by=None, by_at=now)
    )


def settle(connection: Connection, letter_id: int, state: str, *, by: str, now: datetime) -> bool:
    """Write what somebody did with a letter; False when it was not open any more."""
    changed = connection.execute(
        update(DeadLetterRow)
        .where(DeadLetterRow.id == letter_id, DeadLetterRow.state.in_((OPEN, AGAIN)))
        .values(state=state, by=by, by_at=now)
    )
    return changed.rowcount > 0


def listed(
    connection: Connection,
    workspace_id: int,
    *,
    open_only: bool,
    account_id: int | None,
    before: int | None,
    limit: int,
) -> list[DeadLetter]:
    """Return letters, newest first, keyset by id."""
    wanted = _letters().where(DeadLetterRow.workspace_id == workspace_id)
    if open_only:
        wanted = wanted.where(_unfinished())
    if account_id is not None:
        wanted = wanted.where(DeadLetterRow.account_id == account_id)
    if before is not None:
        wanted = wanted.where(DeadLetterRow.id < before)
    found = connection.execute(wanted.order_by(DeadLetterRow.id.desc()).limit(limit))
    return [_read(row) for row in found]


def get(connection: Connection, workspace_id: int, id: int) -> DeadLetter | None:
    """Return one letter; None when the workspace has no such letter."""
    wanted = _letters().where(DeadLetterRow.workspace_id == workspace_id, DeadLetterRow.id == id)
    found = connection.execute(wanted).first()
    return _read(found) if found else None


def body(connection: Connection, workspace_id: int, id: int) -> bytes | None:
    """Return a call exactly as it came."""
    found: bytes | None = connection.scalar(
        select(DeadLetterRow.body).where(
            DeadLetterRow.workspace_id == workspace_id, DeadLetterRow.id == id
        )
    )
    return found


def count(connection: Connection) -> dict[str, int]:
    """Return how many letters of all workspaces wait for somebody, by direction, up to the most."""
    counts = {}
    for direction in (IN, OUT):
        some = (
            select(DeadLetterRow.id)
            .outerjoin(ReplyRow, ReplyRow.id == DeadLetterRow.reply_id)
            .where(DeadLetterRow.direction == direction, _unfinished())
            .limit(MOST)
            .subquery()
        )
        counts[direction] = connection.scalar(select(func.count()).select_from(some)) or 0
    return counts


#: Characters of a call that a list shows.
_SHOWN = 2_000
_GONE = (ReplyStatus.SENT.value, ReplyStatus.REFUSED.value)


def _unfinished() -> ColumnElement[bool]:
    return and_(
        DeadLetterRow.state.in_((OPEN, AGAIN)),
        or_(DeadLetterRow.reply_id.is_(None), ReplyRow.status.not_in(_GONE)),
    )


def _letters() -> Select[Any]:
    table = DeadLetterRow.__table__
    return (
        select(
            *(column for column in table.c if column.name not in ("body", "workspace_id")),
            func.substr(DeadLetterRow.body, 1, _SHOWN).label("beginning"),
            case(
                (ReplyRow.status == ReplyStatus.SENT.value, DONE),
                (ReplyRow.status == ReplyStatus.REFUSED.value, DROPPED),
                else_=DeadLetterRow.state,
            ).label("stands"),
            AccountRow.channel,
            AccountRow.handle,
            ReplyRow.conversation_id,
            ReplyRow.text,
        )
        .join(AccountRow, AccountRow.id == DeadLetterRow.account_id)
        .outerjoin(ReplyRow, ReplyRow.id == DeadLetterRow.reply_id)
    )


def _read(row: Row[Any]) -> DeadLetter:
    beginning = (
        bytes(row.beginning or b"")
        .decode("utf-8", "replace")
        .replace("\x00", "\N{REPLACEMENT CHARACTER}")
    )
    return DeadLetter(
        id=row.id, account_id=row.account_id, channel=row.channel, handle=row.handle,
        direction=row.direction, external_id=row.external_id, why=row.why, tries=row.tries,
        first_at=row.first_at, last_at=row.last_at, state=row.stands, by=row.by, by_at=row.by_at,
        reply_id=row.reply_id, conversation_id=row.conversation_id, text=row.text or beginning,
    )  # fmt: skip
