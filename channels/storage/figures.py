"""What an operator watches of replies and accounts, each from the short end of an index."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from channels.model import ReplyStatus
from channels.storage.replies import TO_SEND
from channels.storage.tables import AccountRow, ReplyRow
from engine.figures import MOST
from engine.storage.tables import WorkspaceRow

#: Accounts that are watched. An installation of more is watched by its pages.
_MOST_ACCOUNTS = 1_000

_WORKSPACE = WorkspaceRow.__table__


def replies(connection: Connection, statuses: Sequence[ReplyStatus]) -> dict[ReplyStatus, int]:
    """Return how many replies are in each of ``statuses``, counted up to the most a workspace."""
    rows = connection.execute(_counts(tuple(statuses))).all()
    return {status: sum(row[at] for row in rows) for at, status in enumerate(statuses)}


def earliest_due(connection: Connection) -> datetime | None:
    """Return since when a reply is to be sent, of all workspaces; None when none is."""
    found = [due for row in connection.execute(_earliest()) for due in row if due is not None]
    return min(found, default=None)


def accounts(connection: Connection) -> Sequence[Row[Any]]:
    """Return whose the accounts are that are read, and how reading them goes."""
    return connection.execute(
        select(
            _WORKSPACE.c.key.label("workspace"),
            AccountRow.id,
            AccountRow.channel,
            AccountRow.handle,
            AccountRow.settings,
            AccountRow.rhythm,
            AccountRow.gap,
            AccountRow.last_success_at,
            AccountRow.last_mention_at,
        )
        .join(_WORKSPACE, _WORKSPACE.c.id == AccountRow.workspace_id)
        .where(AccountRow.enabled)
        .order_by(AccountRow.id)
        .limit(_MOST_ACCOUNTS)
    ).all()


# The index on replies begins with the workspace, so each workspace is asked on its own.
@cache
def _counts(statuses: tuple[ReplyStatus, ...]) -> Select[Any]:
    columns = []
    for status in statuses:
        some = (
            select(ReplyRow.id)
            .where(ReplyRow.workspace_id == _WORKSPACE.c.id, ReplyRow.status == status)
            .limit(MOST)
            .correlate(_WORKSPACE)
            .subquery()
        )
        columns.append(select(func.count()).select_from(some).scalar_subquery())
    return select(*columns).select_from(_WORKSPACE)


@cache
def _earliest() -> Select[*tuple[Any, ...]]:
    columns = [
        select(func.min(ReplyRow.due_at))
        .where(ReplyRow.workspace_id == _WORKSPACE.c.id, ReplyRow.status == status)
        .correlate(_WORKSPACE)
        .scalar_subquery()
        for status in TO_SEND
    ]
    return select(*columns).select_from(_WORKSPACE)
