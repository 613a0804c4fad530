"""The rows of the channels. Each belongs to a workspace; nothing here is ever deleted by age.

Ids of the engine (workspace, job) are the only thing these tables know of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    false,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from engine.storage.tables.definitions import WorkspaceRow
from engine.storage.tables.registry import metadata as engine_metadata
from engine.storage.types import Id, Payload, UtcDateTime

#: Separate from the engine's, so that each room migrates on its own; named in the same way.
metadata = MetaData(naming_convention=engine_metadata.naming_convention)


class Table(DeclarativeBase):
    """A table of the channels."""

    metadata = metadata


class Owned:
    """Columns of every table here."""

    id: Mapped[int] = mapped_column(Id, primary_key=True)

    @declared_attr
    @classmethod
    def workspace_id(cls) -> Mapped[int]:
        """Return the column of the workspace. A function, because the table is another room's."""
        return mapped_column(Id, ForeignKey(WorkspaceRow.__table__.c.id))


class AccountRow(Owned, Table):
    """One account of ours on a channel, and how reading it goes."""

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("workspace_id", "channel", "handle"),)

    #: Name of the network's file, such as ``"mastodon"``.
    channel: Mapped[str] = mapped_column(String(64))
    handle: Mapped[str] = mapped_column(String(255))
    #: Whether it is read on schedule. Replies are sent in any case: somebody approved them.
    enabled: Mapped[bool]
    #: Where reading stopped; committed together with what was read.
    position: Mapped[dict[str, Any] | None] = mapped_column(Payload)
    settings: Mapped[dict[str, Any]] = mapped_column(Payload)
    #: Its credentials, see ``channels/sealing.py``; NULL: it needs none.
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: UTC. The network answered last, with news or without.
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: UTC. A mention came in last.
    last_mention_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: UTC. When to look again; NULL is at once.
    next_poll_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Seconds between two looks, as the traffic made it.
    poll_seconds: Mapped[float]
    #: Looks in a row that failed, and what the last of them said; NULL when it went well.
    failures: Mapped[int]
    last_error: Mapped[str | None]
    #: Which look of which worker reads it now, and until when by the database's clock; NULL: none.
    leased_by: Mapped[str | None] = mapped_column(String(80))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The same of the worker that listens to its stream.
    heard_by: Mapped[str | None] = mapped_column(String(80))
    heard_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Mentions that may be missing, and who knows it; when mentions usually come in.
    gap: Mapped[dict[str, Any] | None] = mapped_column(Payload)
    rhythm: Mapped[dict[str, Any] | None] = mapped_column(Payload)
    #: Last part of the address at which its network may call us; nobody can guess it.
    hook: Mapped[str] = mapped_column(String(43), unique=True)


class CustomerRow(Owned, Table):
    """One person. Opened with their first mention."""

    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("tier IN ('standard', 'vip')", name="tier_known"),
        # The list pages backwards by id. PostgreSQL has an index of the letters of names besides,
        # and of those of handles: see ``channels/storage/finding.py``.
        Index("ix_customer_workspace", "workspace_id", "id"),
    )

    name: Mapped[str]
    tier: Mapped[str] = mapped_column(String(16))
    notes: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Id of the customer that they turned out to be; NULL: they are themselves.
    joined_into: Mapped[int | None] = mapped_column(Id)


class IdentityRow(Owned, Table):
    """A customer as one channel knows them, whichever account of ours they write to."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("workspace_id", "channel", "external_id"),
        Index("ix_identity_customer", "customer_id"),
        # A search looks through the handles of the newest customers.
        Index("ix_identity_workspace", "workspace_id", "customer_id"),
        # The customer page asks who else has the same address, or the same handle elsewhere.
        Index("ix_identity_email", "workspace_id", "email"),
        Index("ix_identity_handle", "workspace_id", "handle"),
    )

    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customer.id"))
    channel: Mapped[str] = mapped_column(String(64))
    external_id: Mapped[str]
    handle: Mapped[str]
    name: Mapped[str | None]
    #: Followers at their latest mention.
    reach: Mapped[int]
    #: Address in lower case, where the network tells one.
    email: Mapped[str | None]


class IdentityMoveRow(Owned, Table):
    """An agent found out whose an identity is, or is not. Never changed."""

    __tablename__ = "identity_move"
    __table_args__ = (Index("ix_identity_move_identity", "identity_id", "id"),)

    identity_id: Mapped[int] = mapped_column(Id, ForeignKey("identity.id"))
    from_customer: Mapped[int] = mapped_column(Id, ForeignKey("customer.id"))
    to_customer: Mapped[int] = mapped_column(Id, ForeignKey("customer.id"))
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ClusterRow(Owned, Table):
    """Conversations that begin with nearly the same complaint."""

    __tablename__ = "cluster"
    __table_args__ = (Index("ix_cluster_workspace", "workspace_id", "last_at"),)

    #: How many conversations belong to it.
    size: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConversationRow(Owned, Table):
    """One thread with one customer: the author of its first mention."""

    __tablename__ = "conversation"
    __table_args__ = (
        UniqueConstraint("account_id", "thread"),
        # The customer page lists what a customer wrote, newest first.
        Index("ix_conversation_customer", "customer_id", "last_at"),
        Index("ix_conversation_cluster", "cluster_id", "id"),
    )

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("channel_account.id"))
    customer_id: Mapped[int] = mapped_column(Id, ForeignKey("customer.id"))
    #: External id of the thread on the network.
    thread: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: UTC, by the network's clock, of the newest mention; :attr:`last_text` is its text.
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_text: Mapped[str]
    #: Of ``cluster``; NULL: nobody else wrote the like when it was opened, or since.
    cluster_id: Mapped[int | None] = mapped_column(Id)


class MentionRow(Owned, Table):
    """One post that addressed an account of ours. Its words change as its author changes them."""

    __tablename__ = "mention"
    __table_args__ = (
        # A network delivers a post again whenever we ask again: the second one is a no-op.
        UniqueConstraint("account_id", "external_id"),
        Index("ix_mention_conversation", "conversation_id", "created_at", "id"),
        # The customer page asks where a customer wrote.
        Index("ix_mention_identity", "identity_id", "conversation_id"),
    )

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("channel_account.id"))
    conversation_id: Mapped[int] = mapped_column(Id, ForeignKey("conversation.id"))
    identity_id: Mapped[int] = mapped_column(Id, ForeignKey("identity.id"))
    external_id: Mapped[str]
    text: Mapped[str]
    #: UTC. By the network's clock, and by ours.
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    in_reply_to: Mapped[str | None]
    private: Mapped[bool]
    url: Mapped[str | None]
    #: -1 to 1, and ISO 639-1, as read when it came in.
    sentiment: Mapped[float]
    language: Mapped[str] = mapped_column(String(8))
    #: Spreads another post without a word of its own.
    repost: Mapped[bool]
    #: UTC, by the network's clock and by ours: its author changed it last, or took it back.
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Whether the network lets us answer it in public, as far as it can be known.
    answerable: Mapped[bool] = mapped_column(server_default=true())


class MentionTextRow(Owned, Table):
    """Words of a mention before its author changed them; blank once the mention is deleted."""

    __tablename__ = "mention_text"
    __table_args__ = (Index("ix_mention_text_mention", "mention_id", "id"),)

    mention_id: Mapped[int] = mapped_column(Id, ForeignKey("mention.id"))
    text: Mapped[str]
    #: UTC, by the network's clock: it said so until then.
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AttachmentRow(Owned, Table):
    """A file that came with a mention. Never changed."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("mention_id", "number"),)

    mention_id: Mapped[int] = mapped_column(Id, ForeignKey("mention.id"))
    #: From 1, in the order of the mention.
    number: Mapped[int]
    name: Mapped[str]
    type: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    #: SHA-256 of the content.
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ReplyRow(Owned, Table):
    """One answer of ours: from a job, or seen on the network because it was given elsewhere."""

    __tablename__ = "reply"
    __table_args__ = (
        UniqueConstraint("workspace_id", "idempotency_key"),
        # NULL until sent, and NULLs are distinct. A network's id never names two replies.
        UniqueConstraint("account_id", "external_id"),
        CheckConstraint(
            "status IN ('approved', 'sending', 'sent', 'refused', 'retryable', 'unknown')",
            name="status_known",
        ),
        # The outbox asks a few times a second what is to be sent or settled.
        Index("ix_reply_status_due", "workspace_id", "status", "due_at"),
        Index("ix_reply_conversation", "conversation_id", "id"),
        Index("ix_reply_job", "job_id"),
        # A part of a long answer waits for the one before it.
        Index("ix_reply_series", "workspace_id", "series", "part"),
        # Whether the same words went out elsewhere.
        Index("ix_reply_said", "said", "created_at"),
        Index("ix_reply_note", "note_id"),
    )

    #: NULL when a job named no conversation of this workspace; such a reply is refused.
    conversation_id: Mapped[int | None] = mapped_column(Id, ForeignKey("conversation.id"))
    account_id: Mapped[int | None] = mapped_column(Id, ForeignKey("channel_account.id"))
    #: Of the engine; NULL for an answer given elsewhere.
    job_id: Mapped[int | None] = mapped_column(Id)
    text: Mapped[str]
    private: Mapped[bool]
    status: Mapped[str] = mapped_column(String(16))
    #: The same for every attempt.
    idempotency_key: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the text somebody approved; NULL when nobody had to.
    approved_digest: Mapped[str | None] = mapped_column(String(64))
    #: External id of the mention that is answered, and handle of its author.
    in_reply_to: Mapped[str | None]
    recipient: Mapped[str]
    external_id: Mapped[str | None]
    by: Mapped[str | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: UTC. Nothing is done before; NULL when nothing is left to do by ourselves.
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: UTC. When ``sending`` was committed last: a worker that died leaves it behind.
    sending_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: UTC, by the database's clock. Until then the worker that sends it, or asks about it, is
    #: taken for alive; NULL: nobody does.
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: How often the network was called, and how often it was asked whether it has the reply.
    attempts: Mapped[int]
    inquiries: Mapped[int]
    #: UTC. When somebody wants it to go out; NULL is as soon as it can.
    send_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Who keeps it back, so that it has no ``due_at``; NULL: nobody. And who withdrew it.
    held_by: Mapped[str | None]
    withdrawn_by: Mapped[str | None]
    #: The answer it is a part of, which part (from 1), and of how many; NULL: it is all of it.
    series: Mapped[str | None] = mapped_column(String(64))
    part: Mapped[int | None]
    parts: Mapped[int | None]
    #: Digest of what it says, whatever its spelling: see ``channels/policy.py``.
    said: Mapped[str | None] = mapped_column(String(64))
    #: Whether it invites the customer to go on in private.
    hand_off: Mapped[bool] = mapped_column(server_default=false())
    #: Of ``note``: it tells the team of that, and no customer; NULL: it answers a customer.
    note_id: Mapped[int | None] = mapped_column(Id)
    #: Files that go out with it, as :mod:`channels.media` keeps them; NULL: none.
    files: Mapped[list[dict[str, Any]] | None] = mapped_column(Payload)


class ReplyActRow(Owned, Table):
    """What somebody did with a reply before it was sent. Never changed."""

    __tablename__ = "reply_act"
    __table_args__ = (Index("ix_reply_act_reply", "reply_id", "id"),)

    reply_id: Mapped[int] = mapped_column(Id, ForeignKey("reply.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: A login; NULL when a process did it.
    by: Mapped[str | None]
    #: ``scheduled``, ``held``, ``released``, ``withdrawn``, ``confirmed`` (warnings).
    act: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str | None]


class PolicyRow(Owned, Table):
    """What may be said in public in a workspace, as :mod:`channels.policy` reads it."""

    __tablename__ = "reply_policy"
    __table_args__ = (UniqueConstraint("workspace_id"),)

    rules: Mapped[dict[str, Any]] = mapped_column(Payload)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str]


class CostRow(Owned, Table):
    """What calls of one kind cost on one day: what is paid for is added up here."""

    __tablename__ = "channel_cost"
    __table_args__ = (
        UniqueConstraint("account_id", "day", "kind", "conversation_id"),
        # The page of a conversation shows what it has cost.
        Index("ix_channel_cost_conversation", "conversation_id"),
    )

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("channel_account.id"))
    day: Mapped[date]  #: in UTC, as networks bill
    kind: Mapped[str] = mapped_column(String(32))
    #: For whom it was spent; 0: for none in particular.
    conversation_id: Mapped[int] = mapped_column(Id)
    units: Mapped[int] = mapped_column(BigInteger)
    micro_dollars: Mapped[int] = mapped_column(BigInteger)


class BudgetRow(Owned, Table):
    """How many calls of one kind a network lets an account make until a moment."""

    __tablename__ = "channel_budget"
    __table_args__ = (UniqueConstraint("account_id", "bucket"),)

    account_id: Mapped[int] = mapped_column(Id, ForeignKey("channel_account.id"))
    #: As the network's file names it, such as ``"mentions"``.
    bucket: Mapped[str] = mapped_column(String(64))
    #: What it is used for: ``reading``, ``answering`` or ``both``.
    purpose: Mapped[str] = mapped_column(String(16))
    remaining: Mapped[int]
    #: How many there are in a whole window; NULL when the network does not say.
    most: Mapped[int | None]
    #: UTC; compared with the database's clock. Afterwards the row says nothing.
    resets_at: Mapped[datetime] = mapped_column(UtcDateTime)
