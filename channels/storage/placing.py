"""Where the posts are that others answer, quote or spread, and which posts are ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import CompoundSelect, Connection, bindparam, select, union_all

from channels.storage.tables import AccountRow, ConversationRow, IdentityRow, MentionRow, ReplyRow
from engine.storage.bulk import among

_MENTIONS = (
    select(MentionRow.external_id, ConversationRow.thread)
    .join(ConversationRow, ConversationRow.id == MentionRow.conversation_id)
    .where(MentionRow.account_id == bindparam("account"), among(MentionRow.external_id))
)
_REPLIES = (
    select(ReplyRow.external_id, ConversationRow.thread)
    .join(ConversationRow, ConversationRow.id == ReplyRow.conversation_id)
    .where(ReplyRow.account_id == bindparam("account"), among(ReplyRow.external_id))
)
_POSTS: CompoundSelect[Any] = union_all(_MENTIONS, _REPLIES)
_WRITERS = (
    select(ConversationRow.thread, IdentityRow.external_id)
    .join(MentionRow, MentionRow.conversation_id == ConversationRow.id)
    .join(IdentityRow, IdentityRow.id == MentionRow.identity_id)
    .where(ConversationRow.account_id == bindparam("account"), among(ConversationRow.thread))
    .distinct()
)
_OURS = select(AccountRow.id, AccountRow.handle).where(
    AccountRow.workspace_id == bindparam("workspace"), AccountRow.channel == bindparam("channel")
)
_OUR_POSTS = select(ReplyRow.external_id).where(
    among(ReplyRow.account_id, "accounts"), among(ReplyRow.external_id)
)


def posts(connection: Connection, account_id: int, ids: Collection[str]) -> dict[str, str]:
    """Return the threads of the conversations of an account in which posts are, by their ids."""
    if not ids:
        return {}
    found = connection.execute(_POSTS, {"account": account_id, "ids": ids})
    return {row.external_id: row.thread for row in found}


def conversation_with(connection: Connection, account_id: int, external_id: str) -> int:
    """Return the id of the conversation in which a mention of an account is."""
    return connection.execute(
        select(MentionRow.conversation_id).where(
            MentionRow.account_id == account_id, MentionRow.external_id == external_id
        )
    ).scalar_one()


def writers(
    connection: Connection, account_id: int, threads: Collection[str]
) -> dict[str, set[str]]:
    """Return the external ids of who has written in conversations of an account, by thread."""
    if not threads:
        return {}
    by_thread: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(_WRITERS, {"account": account_id, "ids": threads}):
        by_thread[row.thread].add(row.external_id)
    return dict(by_thread)


def our_accounts(connection: Connection, workspace_id: int, channel: str) -> dict[int, str]:
    """Return the handles of our own accounts on a channel, in lower case, by their ids."""
    found = connection.execute(_OURS, {"workspace": workspace_id, "channel": channel})
    # Not lowered by the database: SQLite leaves letters that are not ASCII as they are.
    return {row.id: row.handle.lower() for row in found}


def our_posts(connection: Connection, accounts: Collection[int], ids: Collection[str]) -> set[str]:
    """Return which posts are replies that accounts of ours sent."""
    if not ids:
        return set()
    return set(connection.scalars(_OUR_POSTS, {"accounts": accounts, "ids": ids}))
