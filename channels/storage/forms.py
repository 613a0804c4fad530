"""Which conversation came of a form that somebody submitted."""

from __future__ import annotations

from sqlalchemy import Connection, select

from channels.storage.tables import ConversationRow


def conversation_of(
    connection: Connection, workspace_id: int, account_id: int, thread: str
) -> int | None:
    """Return the id of the conversation of a thread; None when nothing was stored of it."""
    found: int | None = connection.scalar(
        select(ConversationRow.id).where(
            ConversationRow.workspace_id == workspace_id,
            ConversationRow.account_id == account_id,
            ConversationRow.thread == thread,
        )
    )
    return found
