"""Rows of replies, as the outbox works on them.

A row with a ``due_at`` has something left to be done by ourselves: sent, sent again, or looked
for on the network. One without is finished, or a person has to say what became of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    and_,
    bindparam,
    case,
    delete,
    or_,
    select,
    true,
    tuple_,
    update,
)

from channels.model import ReplyStatus
from channels.storage.clock import moment
from channels.storage.tables import ReplyRow
from engine.storage.bulk import insert_unless_there

#: States from which a reply is sent.
TO_SEND = (ReplyStatus.APPROVED, ReplyStatus.RETRYABLE)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Insert approved replies, and return the ids of the new ones by their idempotency keys.

    The same key again changes nothing.
    """
    found = insert_unless_there(connection, ReplyRow, rows, ["id", "idempotency_key"])
    return {row.idempotency_key: row.id for row in found}


def claim(
    connection: Connection, attempts: Mapping[int, int], now: datetime, *, seconds: float
) -> set[int]:
    """Mark replies as being sent, and return those that nobody else marked first.

    Args:
        connection: in a transaction.
        attempts: by id, how often each had been sent when it was looked at.
        now: UTC.
        seconds: how long the sender is taken for alive without :func:`renew`.
    """
    free = (
        select(ReplyRow.id)
        .where(_at(attempts), ReplyRow.status.in_(TO_SEND), ReplyRow.due_at <= now)
        .order_by(ReplyRow.id)
        .with_for_update(skip_locked=True)
    )
    claimed = connection.scalars(
        update(ReplyRow)
        .where(ReplyRow.id.in_(free))
        .values(
            status=ReplyStatus.SENDING.value,
            sending_at=now,
            attempts=ReplyRow.attempts + 1,
            leased_until=moment(connection, seconds),
        )
        .returning(ReplyRow.id)
    )
    return set(claimed)


def claim_inquiries(
    connection: Connection, attempts: Mapping[int, int], now: datetime, *, seconds: float
) -> set[int]:
    """Lease unknown replies to ask their networks about them; return those that are ours."""
    free = (
        select(ReplyRow.id)
        .where(_at(attempts), ReplyRow.status == ReplyStatus.UNKNOWN)
        .where(ReplyRow.due_at <= now, _unleased(connection))
        .order_by(ReplyRow.id)
        .with_for_update(skip_locked=True)
    )
    claimed = connection.scalars(
        update(ReplyRow)
        .where(ReplyRow.id.in_(free))
        .values(leased_until=moment(connection, seconds))
        .returning(ReplyRow.id)
    )
    return set(claimed)


def renew(connection: Connection, attempts: Mapping[int, int], *, seconds: float) -> bool:
    """Have the sender of replies taken for alive for so many seconds from now.

    ``attempts`` says, by id, which attempt of each is going on. False when somebody has taken
    one of them for left behind; then none is renewed.
    """
    condition = and_(_at(attempts), ReplyRow.status == ReplyStatus.SENDING)
    ours = connection.scalars(
        select(ReplyRow.id).where(condition).order_by(ReplyRow.id).with_for_update()
    ).all()
    if len(ours) < len(attempts):
        return False
    connection.execute(
        update(ReplyRow)
        .where(ReplyRow.id.in_(ours))
        .values(leased_until=moment(connection, seconds))
    )
    return True


def give_back(connection: Connection, attempts: Mapping[int, int]) -> None:
    """Let replies be claimed again whose attempt, the number of which is given, was not made."""
    connection.execute(
        update(ReplyRow)
        .where(_at(attempts), ReplyRow.status == ReplyStatus.SENDING)
        .values(
            status=case(
                (ReplyRow.attempts > 1, ReplyStatus.RETRYABLE.value),
                else_=ReplyStatus.APPROVED.value,
            ),
            attempts=ReplyRow.attempts - 1,
            leased_until=None,
        )
    )


def abandoned(connection: Connection, workspace_id: int, now: datetime, *, alone: bool) -> int:
    """Mark replies as unknown whose sender is dead, and return how many.

    Args:
        connection: in a transaction.
        workspace_id: whose replies.
        now: UTC.
        alone: nobody sends at this moment, so whoever did is dead.
    """
    left = and_(
        ReplyRow.workspace_id == workspace_id,
        ReplyRow.status == ReplyStatus.SENDING,
        true() if alone else _unleased(connection),
    )
    # Skipping what is locked: its sender is renewing, or writing how it ended.
    free = select(ReplyRow.id).where(left).order_by(ReplyRow.id).with_for_update(skip_locked=True)
    found = connection.execute(
        update(ReplyRow)
        .where(ReplyRow.id.in_(free))
        .values(
            status=ReplyStatus.UNKNOWN.value,
            due_at=now,
            leased_until=None,
            error="The program ended while the reply was being sent.",
        )
    )
    return found.rowcount


def change(
    connection: Connection,
    reply_id: int,
    values: Mapping[str, Any],
    *,
    only: Collection[ReplyStatus] | None = None,
) -> bool:
    """Set columns of a reply, if it is in one of ``only``, and tell whether it was."""
    condition: ColumnElement[bool] = ReplyRow.id == reply_id
    if only is not None:
        condition = and_(condition, ReplyRow.status.in_(only))
    return connection.execute(update(ReplyRow).where(condition).values(**values)).rowcount > 0


def lock(connection: Connection, ids: Collection[int]) -> dict[int, tuple[ReplyStatus, int]]:
    """Return the states of replies and how often each was sent; nobody changes them meanwhile."""
    found = connection.execute(_LOCK, {"ids": sorted(ids)})
    return {row.id: (ReplyStatus(row.status), row.attempts) for row in found}


def change_all(connection: Connection, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Set columns of many replies, by id."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for id, values in changes.items():
        row = {"of_id": id, **{f"to_{name}": value for name, value in values.items()}}
        alike.setdefault(tuple(values), []).append(row)
    for names, rows in alike.items():
        connection.execute(_setting(names), rows)


def make_room(connection: Connection, sent: Sequence[tuple[int, int, str]]) -> None:
    """Remove copies of replies that the network showed us before we knew their ids.

    ``sent`` are ids of accounts and replies, with the replies' external ids.
    """
    if sent:
        names = ("of_account", "of_id", "of_external_id")
        connection.execute(_MAKE_ROOM, [dict(zip(names, each, strict=True)) for each in sent])


def owners(connection: Connection, ids: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return which of our replies have external ids, by account and external id.

    Copies of what was answered elsewhere are none of them.
    """
    if not ids:
        return {}
    found = connection.execute(
        select(ReplyRow.account_id, ReplyRow.external_id, ReplyRow.id).where(
            ReplyRow.account_id.in_({account for account, _ in ids}),
            ReplyRow.external_id.in_({external for _, external in ids}),
            ReplyRow.job_id.is_not(None),
        )
    )
    return {(row.account_id, row.external_id): row.id for row in found}


@cache
def _setting(names: tuple[str, ...]) -> Update:
    """Return the statement that sets these columns of one reply."""
    return (
        update(ReplyRow.__table__)  # type: ignore[arg-type]
        .where(ReplyRow.id == bindparam("of_id"))
        .values({name: bindparam(f"to_{name}") for name in names})
    )


_LOCK = (
    select(ReplyRow.id, ReplyRow.status, ReplyRow.attempts)
    .where(ReplyRow.id.in_(bindparam("ids", expanding=True)))
    .order_by(ReplyRow.id)
    .with_for_update()
)
_MAKE_ROOM = delete(ReplyRow.__table__).where(  # type: ignore[arg-type]
    ReplyRow.account_id == bindparam("of_account"),
    ReplyRow.external_id == bindparam("of_external_id"),
    ReplyRow.job_id.is_(None),
    ReplyRow.id != bindparam("of_id"),
)


def _at(attempts: Mapping[int, int]) -> ColumnElement[bool]:
    """Return that a reply is one of those, and was sent as often as said and no more."""
    return tuple_(ReplyRow.id, ReplyRow.attempts).in_(list(attempts.items()))


def _unleased(connection: Connection) -> ColumnElement[bool]:
    return or_(ReplyRow.leased_until.is_(None), ReplyRow.leased_until <= moment(connection))
