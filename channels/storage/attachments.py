"""Rows of the files that come with mentions. Lists never read their contents."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from channels.model import Attachment, Enclosed, Mention
from channels.storage.tables import AttachmentRow, MentionRow
from engine.storage.bulk import among, insert_rows

_LISTED = (
    select(
        AttachmentRow.id,
        AttachmentRow.mention_id,
        AttachmentRow.name,
        AttachmentRow.type,
        AttachmentRow.size,
    )
    .join(MentionRow, MentionRow.id == AttachmentRow.mention_id)
    .where(MentionRow.conversation_id == bindparam("conversation"))
    .order_by(AttachmentRow.mention_id, AttachmentRow.number)
)

#: Whether a mention has files: few have.
ENCLOSED = (
    select(AttachmentRow.id)
    .where(AttachmentRow.mention_id == MentionRow.id)
    .exists()
    .label("enclosed")
)


def keep(
    connection: Connection,
    workspace_id: int,
    mentions: Sequence[Mention],
    ids: Mapping[str, int],
) -> None:
    """Insert the files of mentions that are new; ``ids`` are theirs by external id."""
    rows = [
        {
            "workspace_id": workspace_id,
            "mention_id": ids[mention.external_id],
            "number": number,
            "name": each.name,
            "type": each.type[:200],
            "size": len(each.content),
            "digest": hashlib.sha256(each.content).hexdigest(),
            "content": each.content,
        }
        for mention in mentions
        for number, each in enumerate(mention.attachments, 1)
    ]
    insert_rows(connection, AttachmentRow, rows)


def listed(connection: Connection, conversation_id: int) -> dict[int, tuple[Enclosed, ...]]:
    """Return the files of a conversation by the ids of its mentions, without what they hold."""
    found: dict[int, tuple[Enclosed, ...]] = {}
    for row in connection.execute(_LISTED, {"conversation": conversation_id}):
        one = Enclosed(row.id, row.name, row.type, row.size)
        found[row.mention_id] = (*found.get(row.mention_id, ()), one)
    return found


def read(connection: Connection, workspace_id: int, id: int) -> Attachment | None:
    """Return one file with its content; None when the workspace has no such file."""
    row = connection.execute(
        select(AttachmentRow.name, AttachmentRow.type, AttachmentRow.content).where(
            AttachmentRow.id == id, AttachmentRow.workspace_id == workspace_id
        )
    ).first()
    return Attachment(row.name, row.type, row.content) if row else None


def drop(connection: Connection, mention_ids: Collection[int]) -> None:
    """Leave no file of mentions that their authors took back."""
    connection.execute(
        delete(AttachmentRow)
        .where(among(AttachmentRow.mention_id))
        .execution_options(synchronize_session=False),
        {"ids": mention_ids},
    )
