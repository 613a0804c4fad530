"""Rows of what may be said, of what was said before, and of what people did with replies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from channels.model import ReplyAct, ReplyStatus
from channels.storage.tables import AccountRow, PolicyRow, ReplyActRow, ReplyRow
from engine.storage.bulk import among, insert_rows, insert_unless_there
from engine.storage.ready import Ready

# Built once: every answer is held against them, when it is written and when it is approved.
_RULES = Ready(select(PolicyRow.rules).where(PolicyRow.workspace_id == bindparam("workspace")))
_ACTS = Ready(
    select(ReplyActRow.__table__)
    .where(among(ReplyActRow.reply_id), ReplyActRow.workspace_id == bindparam("workspace"))
    .order_by(ReplyActRow.id)
)


def stored(connection: Connection, workspace_id: int) -> Mapping[str, Any] | None:
    """Return the rules of a workspace as they were stored; None when nobody did."""
    found: Mapping[str, Any] | None = _RULES.scalar(connection, {"workspace": workspace_id})
    return found


def store(
    connection: Connection, workspace_id: int, rules: Mapping[str, Any], *, by: str, now: datetime
) -> None:
    """Keep the rules of a workspace in the place of those before."""
    values = {"rules": dict(rules), "changed_at": now, "changed_by": by}
    insert_unless_there(connection, PolicyRow, [{"workspace_id": workspace_id, **values}], ["id"])
    connection.execute(
        update(PolicyRow).where(PolicyRow.workspace_id == workspace_id).values(**values)
    )


def said_elsewhere(
    connection: Connection, said: str, *, channel: str, besides: int, since: datetime
) -> bool:
    """Tell whether the same words left another account on a channel, of whichever workspace.

    Only that they did is told: which client said them is nobody else's business.
    """
    found = connection.scalar(
        select(ReplyRow.id)
        .join(AccountRow, AccountRow.id == ReplyRow.account_id)
        .where(
            ReplyRow.said == said,
            ReplyRow.created_at >= since,
            ReplyRow.status != ReplyStatus.REFUSED.value,
            ReplyRow.private.is_(False),
            ReplyRow.account_id != besides,
            AccountRow.channel == channel,
        )
        .limit(1)
    )
    return found is not None


def note(connection: Connection, workspace_id: int, acts: Sequence[ReplyAct]) -> None:
    """Keep what people did with replies."""
    insert_rows(
        connection,
        ReplyActRow,
        [
            {
                "workspace_id": workspace_id, "reply_id": act.reply_id, "at": act.at,
                "by": act.by, "act": act.act, "detail": act.detail,
            }
            for act in acts
        ],
    )  # fmt: skip


def acts(
    connection: Connection, workspace_id: int, replies: Sequence[int]
) -> dict[int, list[ReplyAct]]:
    """Return what people did with replies, by the reply, in the order in which they did it."""
    found = _ACTS.all(connection, {"ids": list(replies), "workspace": workspace_id})
    told: dict[int, list[ReplyAct]] = {}
    for row in found:
        act = ReplyAct(row.reply_id, row.act, row.by, row.at, row.detail)
        told.setdefault(row.reply_id, []).append(act)
    return told
