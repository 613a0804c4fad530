"""The parts of an answer that takes several: what becomes of the rest, and where it went on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from channels.model import ReplyStatus
from channels.storage.replies import TO_SEND
from channels.storage.tables import ReplyRow

#: Behind it, in the name of a series, stands what made it: the job.
BORDER = ":"


def drop_rest(connection: Connection, workspace_id: int, series: str, part: int, why: str) -> None:
    """Give up the parts behind one that will not be sent: half a sentence helps nobody."""
    values = {"status": ReplyStatus.REFUSED.value, "due_at": None, "error": why}
    _change_rest(connection, workspace_id, series, part, values)


def park_rest(connection: Connection, workspace_id: int, series: str, part: int) -> None:
    """Let the parts behind one that may be out wait until somebody has looked."""
    _change_rest(connection, workspace_id, series, part, {"due_at": None})


def go_on(connection: Connection, workspace_id: int, series: str, part: int, now: datetime) -> None:
    """Let parts that waited for a person go out, now that the one before them has arrived."""
    waiting = and_(ReplyRow.due_at.is_(None), ReplyRow.held_by.is_(None))
    _change_rest(connection, workspace_id, series, part, {"due_at": now}, waiting)


def unsent_behind(connection: Connection, workspace_id: int, series: str, part: int) -> list[int]:
    """Return ids of the later parts that can still be kept back, in order; they are locked."""
    return list(
        connection.scalars(
            select(ReplyRow.id)
            .where(_rest(workspace_id, series, part))
            .order_by(ReplyRow.id)
            .with_for_update()
        )
    )


def arrived(
    connection: Connection, workspace_id: int, beginning: str, parts: int
) -> tuple[int, str | None]:
    """Return how many parts of the same answer are out from an earlier time that broke off.

    Args:
        connection: in a transaction.
        workspace_id: whose replies.
        beginning: of the names of its series: the same words in the same conversation.
        parts: how many the answer has.

    Returns:
        The number, and the external id of the last of them. 0 when all are out, or when an earlier
        time has not ended: then somebody wants to say it once more.
    """
    rows = connection.execute(
        select(ReplyRow.part, ReplyRow.status, ReplyRow.external_id)
        .where(
            ReplyRow.workspace_id == workspace_id,
            ReplyRow.series >= f"{beginning}{BORDER}",
            ReplyRow.series < f"{beginning}{chr(ord(BORDER) + 1)}",
            ReplyRow.parts == parts,
        )
        .order_by(ReplyRow.id)
    ).all()
    out: dict[int, str | None] = {}
    for row in rows:
        if row.status == ReplyStatus.SENT:
            out[row.part] = row.external_id
        elif row.status != ReplyStatus.REFUSED:
            return 0, None
        if len(out) == parts:
            out = {}
    count = next(number for number in range(parts + 1) if number + 1 not in out)
    return count, out.get(count)


def _change_rest(
    connection: Connection,
    workspace_id: int,
    series: str,
    part: int,
    values: dict[str, Any],
    *more: ColumnElement[bool],
) -> None:
    connection.execute(
        update(ReplyRow).where(_rest(workspace_id, series, part), *more).values(**values)
    )


def _rest(
    workspace_id: int,
    series: str,
    part: int,
    statuses: Collection[ReplyStatus] = TO_SEND,
) -> ColumnElement[bool]:
    return and_(
        ReplyRow.workspace_id == workspace_id,
        ReplyRow.series == series,
        ReplyRow.part > part,
        ReplyRow.status.in_(statuses),
    )
