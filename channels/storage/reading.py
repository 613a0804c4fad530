"""What pages show of conversations and customers. Reads only; a few statements a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, union, update

from channels import media
from channels.model import ChannelAccount, Enclosed, ReplyAct, ReplyStatus
from channels.shown import Conversation, Customer, Earlier, Identity, Post, Summary
from channels.storage import attachments, changing, finding, policies
from channels.storage.tables import (
    AccountRow,
    ClusterRow,
    ConversationRow,
    CustomerRow,
    IdentityRow,
    MentionRow,
    ReplyRow,
)
from engine.storage.bulk import among
from engine.storage.ready import Ready

#: Posts of one conversation that are shown: the newest. Nobody scrolls further.
MOST_POSTS = 1_000
#: Stands in lists where the newest mention has no words, or none any more.
WORDLESS = "(no text)"

# Built once: an agent looks at a conversation with every user task.
_CONVERSATIONS = select(
    ConversationRow.__table__,
    AccountRow.channel,
    AccountRow.handle,
    AccountRow.enabled,
    AccountRow.position,
    AccountRow.settings,
    ClusterRow.size,
)
_CONVERSATIONS = _CONVERSATIONS.join(AccountRow, AccountRow.id == ConversationRow.account_id)
_CONVERSATIONS = _CONVERSATIONS.outerjoin(ClusterRow, ClusterRow.id == ConversationRow.cluster_id)
_CONVERSATION = Ready(
    _CONVERSATIONS.add_columns(
        CustomerRow.name, CustomerRow.tier, CustomerRow.notes, CustomerRow.joined_into
    )
    .join(CustomerRow, CustomerRow.id == ConversationRow.customer_id)
    .where(
        ConversationRow.workspace_id == bindparam("workspace"),
        ConversationRow.id == bindparam("conversation"),
    )
)
_IDENTITIES = Ready(
    select(IdentityRow.__table__).where(among(IdentityRow.customer_id)).order_by(IdentityRow.id)
)
_CUSTOMERS = select(CustomerRow.__table__).where(among(CustomerRow.id))
_MENTIONS = Ready(
    select(MentionRow.__table__, IdentityRow.handle, attachments.ENCLOSED)
    .join(IdentityRow, IdentityRow.id == MentionRow.identity_id)
    .where(MentionRow.conversation_id == bindparam("conversation"))
    .order_by(MentionRow.created_at.desc(), MentionRow.id.desc())
    .limit(MOST_POSTS)
)
_REPLIES = Ready(
    select(ReplyRow.__table__)
    .where(ReplyRow.conversation_id == bindparam("conversation"))
    .order_by(ReplyRow.id.desc())
    .limit(MOST_POSTS)
)


def conversation(connection: Connection, workspace_id: int, id: int) -> Conversation | None:
    """Return a conversation with its posts, oldest first; None when there is none."""
    asked = {"workspace": workspace_id, "conversation": id}
    row = _CONVERSATION.first(connection, asked)
    if row is None:
        return None
    identities = _identities(connection, [row.customer_id])[row.customer_id]
    customer = Customer(
        row.customer_id, row.name, row.tier, tuple(identities), row.notes, row.joined_into
    )
    return _conversation(row, customer, posts(connection, id, row.handle))


def conversations_of(
    connection: Connection, workspace_id: int, customer_id: int, limit: int
) -> list[Conversation]:
    """Return the conversations a customer opened or wrote in, newest first, without posts."""
    opened = select(ConversationRow.id).where(ConversationRow.customer_id == customer_id)
    wrote_in = (
        select(MentionRow.conversation_id)
        .join(IdentityRow, IdentityRow.id == MentionRow.identity_id)
        .where(IdentityRow.customer_id == customer_id)
    )
    # Not «or»: each half has its index, both together have none.
    found = connection.execute(
        _CONVERSATIONS.where(
            ConversationRow.workspace_id == workspace_id,
            ConversationRow.id.in_(union(opened, wrote_in)),
        )
        .order_by(ConversationRow.last_at.desc(), ConversationRow.id.desc())
        .limit(limit)
    ).all()
    people = customers_by_id(connection, {row.customer_id for row in found})
    return [_conversation(row, people[row.customer_id], ()) for row in found]


def of_cluster(
    connection: Connection, workspace_id: int, cluster_id: int, limit: int
) -> list[Conversation]:
    """Return the conversations that begin with nearly the same complaint, oldest first."""
    found = connection.execute(
        _CONVERSATIONS.where(
            ConversationRow.workspace_id == workspace_id,
            ConversationRow.cluster_id == cluster_id,
        )
        .order_by(ConversationRow.id)
        .limit(limit)
    ).all()
    people = customers_by_id(connection, {row.customer_id for row in found})
    return [_conversation(row, people[row.customer_id], ()) for row in found]


def summaries(
    connection: Connection, workspace_id: int, ids: Collection[int]
) -> dict[int, Summary]:
    """Return what a list shows of conversations, in one statement."""
    found = connection.execute(
        select(
            ConversationRow.id,
            ConversationRow.last_text,
            ConversationRow.last_at,
            ConversationRow.customer_id,
            ConversationRow.cluster_id,
            CustomerRow.name,
            CustomerRow.tier,
            AccountRow.channel,
            AccountRow.handle,
            ClusterRow.size,
        )
        .join(CustomerRow, CustomerRow.id == ConversationRow.customer_id)
        .join(AccountRow, AccountRow.id == ConversationRow.account_id)
        .outerjoin(ClusterRow, ClusterRow.id == ConversationRow.cluster_id)
        .where(ConversationRow.workspace_id == workspace_id, ConversationRow.id.in_(ids))
    )
    return {
        row.id: Summary(
            id=row.id,
            channel=row.channel,
            account=row.handle,
            customer=row.name,
            customer_id=row.customer_id,
            tier=row.tier,
            text=row.last_text or WORDLESS,
            at=row.last_at,
            cluster_id=row.cluster_id,
            similar=row.size - 1 if row.size else 0,
        )
        for row in found
    }


def customers(
    connection: Connection,
    workspace_id: int,
    *,
    search: str,
    before: int | None,
    limit: int,
) -> list[Customer]:
    """Return customers whose name or handle holds ``search``, newest first by id."""
    ids = finding.found(connection, workspace_id, search, before=before, limit=limit)
    people = customers_by_id(connection, ids)
    return [people[id] for id in ids]


def customer(connection: Connection, workspace_id: int, id: int) -> Customer | None:
    """Return one customer; None when the workspace has none of that id."""
    known = connection.scalar(
        select(CustomerRow.id).where(CustomerRow.id == id, CustomerRow.workspace_id == workspace_id)
    )
    return customers_by_id(connection, [id])[id] if known is not None else None


def change_customer(
    connection: Connection, workspace_id: int, id: int, values: dict[str, str]
) -> None:
    """Set the tier or the notes of a customer."""
    connection.execute(
        update(CustomerRow)
        .where(CustomerRow.id == id, CustomerRow.workspace_id == workspace_id)
        .values(**values)
    )


def customers_by_id(connection: Connection, ids: Collection[int]) -> dict[int, Customer]:
    """Return customers with their identities, by id."""
    identities = _identities(connection, ids)
    found = connection.execute(_CUSTOMERS, {"ids": ids})
    return {
        row.id: Customer(
            row.id, row.name, row.tier, tuple(identities[row.id]), row.notes, row.joined_into
        )
        for row in found
    }


def _identities(connection: Connection, ids: Collection[int]) -> Mapping[int, list[Identity]]:
    """Return the identities of customers, by the customer; an empty list for one without."""
    identities: dict[int, list[Identity]] = defaultdict(list)
    for row in _IDENTITIES.all(connection, {"ids": ids}):
        identities[row.customer_id].append(
            Identity(row.external_id, row.handle, row.name, row.reach, row.email, row.id,
                     row.channel)
        )  # fmt: skip
    return identities


def posts(connection: Connection, conversation_id: int, handle: str) -> tuple[Post, ...]:
    """Return the mentions and replies of a conversation, oldest first.

    Args:
        connection: in a transaction.
        conversation_id: of a workspace the caller has checked.
        handle: of our account, the author of replies nobody else is named for.
    """
    mentions = _MENTIONS.all(connection, {"conversation": conversation_id})
    edited = [row.id for row in mentions if row.edited_at and not row.deleted_at]
    before = changing.earlier(connection, edited) if edited else {}
    enclosed = any(row.enclosed for row in mentions)
    files = attachments.listed(connection, conversation_id) if enclosed else {}
    replies = _REPLIES.all(connection, {"conversation": conversation_id})
    # What a process wrote nobody has kept back by itself, or confirmed.
    touched = [row.id for row in replies if row.by or row.send_at or row.held_by]
    acts = policies.acts(connection, replies[0].workspace_id, touched) if touched else {}
    # Replies are ordered by our clock, mentions by the network's: near enough for reading.
    both: Iterable[tuple[datetime, int, Post]] = (
        *(
            (row.created_at, 0, _mention(row, before.get(row.id, ()), files))
            for row in mentions[::-1]
        ),
        *(
            (row.sent_at or row.created_at, 1, _reply(row, handle, acts.get(row.id, ())))
            for row in reversed(replies)
        ),
    )
    return tuple(post for _, _, post in sorted(both, key=lambda one: one[:2]))


def _conversation(row: Row[Any], customer: Customer, posts: tuple[Post, ...]) -> Conversation:
    account = ChannelAccount(
        row.account_id, row.channel, row.handle, row.enabled, row.position, row.settings
    )
    return Conversation(
        row.id, account, customer, row.thread, row.opened_at, row.last_at, posts, row.last_text,
        row.cluster_id, row.size - 1 if row.size else 0,
    )  # fmt: skip


def _mention(
    row: Row[Any],
    before: Iterable[tuple[str, datetime]],
    files: Mapping[int, tuple[Enclosed, ...]],
) -> Post:
    return Post(
        kind="repost" if row.repost else "mention", text=row.text, at=row.created_at,
        author=row.handle, private=row.private,
        external_id=row.external_id, sentiment=row.sentiment, language=row.language, url=row.url,
        deleted_at=row.deleted_at, earlier=tuple(Earlier(text, at) for text, at in before),
        enclosed=files.get(row.id, ()), answerable=row.answerable,
    )  # fmt: skip


def _reply(row: Row[Any], handle: str, acts: Sequence[ReplyAct]) -> Post:
    return Post(
        kind="reply", text=row.text, at=row.sent_at or row.created_at, author=row.by or handle,
        private=row.private, external_id=row.external_id, status=ReplyStatus(row.status),
        reply_id=row.id, error=row.error, send_at=row.send_at, held_by=row.held_by,
        acts=tuple(acts), part=row.part, parts=row.parts, files=media.read(row.files),
    )  # fmt: skip
