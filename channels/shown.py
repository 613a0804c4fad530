"""The words of the channels as pages show them: conversations, customers, and what stands in them.

Read from the database and never stored from here; see :mod:`channels.model` for what is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.media import Enclosure
from channels.model import (
    Author,
    ChannelAccount,
    Enclosed,
    ReplyAct,
    ReplyStatus,
    business_key_of,
    correlation_key_of,
)


@dataclass(frozen=True, slots=True)
class Identity(Author):
    """A customer as one channel knows them."""

    id: int = 0
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A person. Has one identity per channel."""

    id: int
    name: str
    tier: str = "standard"  #: ``standard`` or ``vip``
    identities: tuple[Identity, ...] = ()
    notes: str = ""
    #: Id of the customer that an agent found them to be; their conversations are there.
    joined_into: int | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Words of a mention, or of a note, before its author changed them."""

    text: str
    until: datetime  #: UTC, by the network's clock


@dataclass(frozen=True, slots=True)
class Post:
    """One line of a conversation as pages show it: a mention, or a reply of ours."""

    kind: str  #: ``mention``, ``repost`` or ``reply``
    text: str
    at: datetime
    author: str
    private: bool
    external_id: str | None = None
    status: ReplyStatus | None = None  #: of a reply
    reply_id: int | None = None
    sentiment: float | None = None  #: of a mention, -1 to 1
    language: str | None = None  #: of a mention, ISO 639-1
    url: str | None = None
    error: str | None = None
    #: Whether the network lets us answer it in public, as far as it can be known.
    answerable: bool = True
    deleted_at: datetime | None = None  #: UTC; a mention that its author took back, and its words
    earlier: tuple[Earlier, ...] = ()  #: of a mention that was edited, oldest first
    send_at: datetime | None = None  #: of a reply that waits for a moment
    held_by: str | None = None  #: of a reply that somebody keeps back
    acts: tuple[ReplyAct, ...] = ()  #: what people did with a reply before it was sent
    part: int | None = None  #: of an answer in several parts: which one, from 1,
    parts: int | None = None  #: and of how many
    enclosed: tuple[Enclosed, ...] = ()  #: files that came with a mention
    files: tuple[Enclosure, ...] = ()  #: files of a reply

    @property
    def can_be_kept_back(self) -> bool:
        """Tell whether it is a reply that nobody has begun to send."""
        return self.status in (ReplyStatus.APPROVED, ReplyStatus.RETRYABLE)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A thread of mentions and replies with one customer."""

    id: int
    account: ChannelAccount
    customer: Customer
    thread: str
    opened_at: datetime
    last_at: datetime
    posts: tuple[Post, ...] = ()  #: oldest first; empty in lists
    last_text: str = ""  #: of the newest mention
    cluster_id: int | None = None  #: of the near-identical complaints that it belongs to
    similar: int = 0  #: how many others belong to it

    @property
    def correlation_key(self) -> str:
        """Return the key under which messages of this conversation find their instance."""
        return correlation_key_of(self.id)

    @property
    def business_key(self) -> str:
        """Return the business key of its instances."""
        return business_key_of(self.account.channel, self.id)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Conversations that begin with nearly the same complaint."""

    id: int
    size: int  #: how many conversations
    opened_at: datetime  #: UTC
    last_at: datetime  #: UTC; one came in last
    text: str  #: the newest mention of the oldest of them

    @property
    def correlation_key(self) -> str:
        """Return the key under which messages of this cluster find its instance."""
        return f"cluster:{self.id}"


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as a list of user tasks shows it."""

    id: int
    channel: str
    account: str  #: handle of ours
    customer: str  #: name
    customer_id: int
    tier: str
    text: str  #: of the newest mention
    at: datetime  #: UTC, of the newest mention
    cluster_id: int | None = None  #: of the near-identical complaints that it belongs to
    similar: int = 0  #: how many others belong to it


@dataclass(frozen=True, slots=True)
class NotePost:
    """A note on its way to a channel of the team, or there."""

    channel: str
    account: str  #: handle of ours
    status: ReplyStatus
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that a colleague said about a conversation; no customer ever reads it."""

    id: int
    conversation_id: int
    text: str
    author: str
    at: datetime  #: UTC
    channel: str | None = None  #: network on which it was said; None: it was written here
    account: str | None = None  #: handle of ours there
    told: tuple[NotePost, ...] = ()  #: where the team was told
    deleted_at: datetime | None = None  #: UTC; it was deleted where it was said, and its words
    earlier: tuple[Earlier, ...] = ()  #: of one that was changed there, oldest first
    kind: str = "note"  #: as a :class:`Post` has one
