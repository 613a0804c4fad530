"""Conversations that begin with nearly the same complaint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from channels.shown import Cluster
from channels.storage.tables import ClusterRow, ConversationRow, MentionRow
from engine.storage.bulk import among, insert_numbered, update_rows

_OPENINGS = (
    select(
        ConversationRow.id,
        ConversationRow.cluster_id,
        MentionRow.text,
        MentionRow.sentiment,
        MentionRow.received_at,
    )
    .join(MentionRow, MentionRow.conversation_id == ConversationRow.id)
    .where(
        ConversationRow.workspace_id == bindparam("workspace"),
        ConversationRow.id > bindparam("after"),
        ConversationRow.id < bindparam("below"),
        MentionRow.deleted_at.is_(None),
        MentionRow.repost.is_(False),
    )
    .order_by(ConversationRow.id, MentionRow.created_at, MentionRow.id)
)
_CLUSTERED = (
    select(ConversationRow.id, ConversationRow.cluster_id)
    .where(among(ConversationRow.id))
    .order_by(ConversationRow.id)
    .with_for_update(key_share=True)
)
_OTHER = aliased(ConversationRow)
_OLDEST = select(func.min(_OTHER.id)).where(_OTHER.cluster_id == ClusterRow.id).scalar_subquery()
_CLUSTERS = select(ClusterRow.__table__, ConversationRow.last_text).join(
    ConversationRow, ConversationRow.id == _OLDEST
)


@dataclass(frozen=True, slots=True)
class Opening:
    """The first mention of a conversation, and the cluster the conversation is in."""

    conversation_id: int
    cluster_id: int | None
    text: str
    sentiment: float
    received_at: datetime


def openings(connection: Connection, workspace_id: int, *, after: int, below: int) -> list[Opening]:
    """Return the first mentions of the conversations with ids between two, by id."""
    asked = {"workspace": workspace_id, "after": after, "below": below}
    firsts: dict[int, Opening] = {}
    for row in connection.execute(_OPENINGS, asked):
        firsts.setdefault(row.id, Opening(*row))
    return list(firsts.values())


def join(
    connection: Connection, workspace_id: int, pairs: Sequence[tuple[int, int]], now: datetime
) -> dict[int, int]:
    """Put conversations into the cluster of others, made if need be; return clusters by new ones.

    Args:
        connection: in a transaction.
        workspace_id: whose conversations they are.
        pairs: each a conversation that is in no cluster, and an older one that it is like, which
            is itself in none of the pairs before as the new one.
        now: UTC.
    """
    ids = {id for pair in pairs for id in pair}
    clusters: dict[int, int] = {
        row.id: row.cluster_id
        for row in connection.execute(_CLUSTERED, {"ids": ids})
        if row.cluster_id is not None
    }
    alone = list(dict.fromkeys(old for _, old in pairs if old not in clusters))
    opened = insert_numbered(
        connection,
        ClusterRow,
        [{"workspace_id": workspace_id, "size": 1, "opened_at": now, "last_at": now}
         for _ in alone],
    )  # fmt: skip
    moved = dict(zip(alone, opened, strict=True))
    clusters |= moved
    grown: dict[int, int] = {}
    for new, old in pairs:
        moved[new] = clusters[new] = clusters[old]
        grown[clusters[old]] = grown.get(clusters[old], 0) + 1
    update_rows(
        connection,
        ConversationRow,
        "SET cluster_id = :cluster_id WHERE conversation.id = :id",
        [{"cluster_id": cluster, "id": id} for id, cluster in sorted(moved.items())],
    )
    update_rows(
        connection,
        ClusterRow,
        "SET size = cluster.size + :size, last_at = :last_at WHERE cluster.id = :id",
        [{"size": more, "last_at": now, "id": id} for id, more in sorted(grown.items())],
    )
    return {new: clusters[new] for new, _ in pairs}


def latest(
    connection: Connection,
    workspace_id: int,
    *,
    before: tuple[datetime, int] | None,
    limit: int,
) -> list[Cluster]:
    """Return the clusters that grew last, those first; ``before``: when one did, and its id."""
    wanted = _CLUSTERS.where(ClusterRow.workspace_id == workspace_id)
    if before is not None:
        moment, id = before
        same = and_(ClusterRow.last_at == moment, ClusterRow.id < id)
        # The first of both is what the index knows.
        wanted = wanted.where(ClusterRow.last_at <= moment, or_(ClusterRow.last_at < moment, same))
    found = connection.execute(
        wanted.order_by(ClusterRow.last_at.desc(), ClusterRow.id.desc()).limit(limit)
    )
    return [Cluster(row.id, row.size, row.opened_at, row.last_at, row.last_text) for row in found]


def get(connection: Connection, workspace_id: int, id: int) -> Cluster | None:
    """Return a cluster; None when the workspace has none of that id."""
    row = connection.execute(
        _CLUSTERS.where(ClusterRow.workspace_id == workspace_id, ClusterRow.id == id)
    ).first()
    if row is None:
        return None
    return Cluster(row.id, row.size, row.opened_at, row.last_at, row.last_text)


def members(connection: Connection, workspace_id: int, id: int, *, limit: int) -> list[int]:
    """Return the ids of the conversations of a cluster, oldest first."""
    found = connection.scalars(
        select(ConversationRow.id)
        .where(ConversationRow.workspace_id == workspace_id, ConversationRow.cluster_id == id)
        .order_by(ConversationRow.id)
        .limit(limit)
    )
    return list(found)
