"""Mentions whose authors changed them or took them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from channels.storage import attachments
from channels.storage.tables import ConversationRow, MentionRow, MentionTextRow, ReplyRow
from engine.storage.bulk import among, insert_rows

_KNOWN = (
    select(
        MentionRow.id,
        MentionRow.conversation_id,
        MentionRow.external_id,
        MentionRow.text,
        MentionRow.created_at,
        MentionRow.private,
        MentionRow.url,
        MentionRow.edited_at,
        MentionRow.deleted_at,
    )
    .where(MentionRow.account_id == bindparam("account"), among(MentionRow.external_id))
    .order_by(MentionRow.id)
    .with_for_update(key_share=True)
)
_EARLIER = (
    select(MentionTextRow.mention_id, MentionTextRow.text, MentionTextRow.at)
    .where(among(MentionTextRow.mention_id))
    .order_by(MentionTextRow.id)
)
_NEWEST = (
    select(MentionRow.conversation_id, MentionRow.text)
    .where(
        among(MentionRow.conversation_id),
        MentionRow.deleted_at.is_(None),
        MentionRow.repost.is_(False),
    )
    .order_by(MentionRow.created_at, MentionRow.id)
)


@dataclass(frozen=True, slots=True)
class Known:
    """A stored mention as far as changing it needs it."""

    id: int
    conversation_id: int
    external_id: str
    text: str
    created_at: datetime
    private: bool
    url: str | None
    edited_at: datetime | None
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Anew:
    """What a mention says from now on, and what it said until then."""

    mention_id: int
    text: str
    was: str
    at: datetime
    sentiment: float
    language: str


def known(connection: Connection, account_id: int, ids: Collection[str]) -> dict[str, Known]:
    """Return those mentions of an account that are stored, by external id."""
    found = connection.execute(_KNOWN, {"account": account_id, "ids": ids})
    return {row.external_id: Known(*row) for row in found}


def earlier(
    connection: Connection, mention_ids: Collection[int]
) -> dict[int, list[tuple[str, datetime]]]:
    """Return what mentions said before, and until when, by their ids, oldest first."""
    found: dict[int, list[tuple[str, datetime]]] = {}
    for row in connection.execute(_EARLIER, {"ids": mention_ids}):
        found.setdefault(row.mention_id, []).append((row.text, row.at))
    return found


def rewrite(connection: Connection, workspace_id: int, changes: Sequence[Anew]) -> None:
    """Write what mentions say now, in this order, and keep what each said before."""
    insert_rows(
        connection,
        MentionTextRow,
        [
            {"workspace_id": workspace_id, "mention_id": c.mention_id, "text": c.was, "at": c.at}
            for c in changes
        ],
    )
    for change in changes:
        _change(
            connection,
            change.mention_id,
            {
                "text": change.text, "edited_at": change.at, "sentiment": change.sentiment,
                "language": change.language,
            },
        )  # fmt: skip


def confirm(connection: Connection, moments: Mapping[int, datetime]) -> None:
    """Write when mentions, by their ids, were last changed into what they say already."""
    for id, at in sorted(moments.items()):
        _change(connection, id, {"edited_at": at})


def blank(connection: Connection, mention_ids: Sequence[int], now: datetime) -> None:
    """Leave no word of mentions, neither of now nor of before."""
    for id in mention_ids:
        _change(connection, id, {"text": "", "deleted_at": now})
    attachments.drop(connection, mention_ids)
    connection.execute(
        update(MentionTextRow)
        .where(among(MentionTextRow.mention_id))
        .values(text="")
        .execution_options(synchronize_session=False),
        {"ids": mention_ids},
    )


def mark_undelivered(
    connection: Connection, account_id: int, why: Mapping[str, str]
) -> list[tuple[int, int, str]]:
    """Write at sent replies, by external id, why they did not arrive.

    Return the id, the conversation and the reason of those that did not have it yet.
    """
    found: list[tuple[int, int, str]] = []
    for external_id, said in sorted(why.items()):
        told = f"It could not be delivered. {said}"
        news = connection.execute(
            update(ReplyRow)
            .where(ReplyRow.account_id == account_id, ReplyRow.external_id == external_id)
            .where(ReplyRow.conversation_id.is_not(None), ReplyRow.error.is_distinct_from(told))
            .values(error=told)
            .returning(ReplyRow.id, ReplyRow.conversation_id)
        )
        found += [(row.id, row.conversation_id, said) for row in news]
    return found


def show_newest(connection: Connection, conversation_ids: Collection[int]) -> None:
    """Let conversations show the newest mention that is left; none is an empty text."""
    texts: dict[int, str] = dict.fromkeys(conversation_ids, "")
    for row in connection.execute(_NEWEST, {"ids": conversation_ids}):
        texts[row.conversation_id] = row.text
    for id, text in sorted(texts.items()):
        connection.execute(
            update(ConversationRow).where(ConversationRow.id == id).values(last_text=text)
        )


def _change(connection: Connection, mention_id: int, values: Mapping[str, Any]) -> None:
    connection.execute(update(MentionRow).where(MentionRow.id == mention_id).values(**values))
