"""The words of the channels: who wrote what to which account of ours, and what we answered.

Everything here is plain data. External ids are text as the network gives them; moments are UTC.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from channels.media import Enclosure


@dataclass(frozen=True, slots=True)
class ChannelAccount:
    """One account of ours on a channel."""

    id: int
    channel: str  #: name of the network's file, such as ``"mastodon"``
    handle: str  #: how people address it there, without ``@``
    enabled: bool = True
    #: Where reading stopped, as the network's file understands it; None before the first page.
    position: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: Its credentials: as they are kept, and, while the network is called, as it wants them.
    sealed: bytes | None = field(default=None, repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Millionths of a dollar that reading it may still cost, while it is read; None: any.
    allowance: int | None = None
    hook: str = field(default="", repr=False)  #: last part of the address where it can be called


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a mention, as the network knows them."""

    external_id: str
    handle: str
    name: str | None = None
    reach: int = 0  #: followers, or the network's nearest figure
    #: Address, where the network tells one. Of a mail it is the handle, and need not be told.
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a mention."""

    name: str
    type: str  #: as its sender calls it, such as ``image/png``
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that is kept, as pages list it."""

    id: int
    name: str
    type: str
    size: int  #: bytes


@dataclass(frozen=True, slots=True)
class Mention:
    """One public or private post that addresses a channel account."""

    external_id: str
    author: Author
    text: str
    created_at: datetime
    thread: (
        str  #: external id of the conversation: that of its first post where the network has none
    )
    in_reply_to: str | None = None
    private: bool = False
    url: str | None = None
    #: External id of the post that it quotes with words of its own.
    quotes: str | None = None
    #: External id of the post that it spreads without a word of its own: nobody waits for an
    #: answer to it. It is shown where that post is, and starts nothing.
    reposts: str | None = None
    #: Whether the network lets us answer it in public, as far as it can be known.
    answerable: bool = True
    attachments: tuple[Attachment, ...] = ()
    #: A program wrote it in answer to something. It is shown, and starts and continues nothing.
    automatic: bool = False
    due: datetime | None = None  #: UTC; until when its author wants to hear from us
    language: str | None = None  #: ISO 639-1, of its author; None: as the text reads


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Word that a reply which the network took did not reach its recipient."""

    reply: str  #: external id
    why: str  #: for people
    at: datetime  #: UTC


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of our own account that the network shows us: an answer given here or elsewhere."""

    external_id: str
    text: str
    created_at: datetime
    thread: str
    in_reply_to: str | None = None
    private: bool = False
    author: str | None = None
    #: What ids begin with under which the network takes posts that wait for its moderators. A reply
    #: of ours that was taken so, with the same words, is this post.
    waited_as: str | None = None
    #: Where the network says that it has waited so: the ids of what waits still. Then it is a reply
    #: of ours that does not, in other words if need be: moderators may have changed them.
    waiting: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What a colleague said where the team talks, in answer to a note of ours."""

    external_id: str
    author: str  #: as people know them there
    text: str
    created_at: datetime
    thread: str  #: external id of the post that it answers: the first of the thread


@dataclass(frozen=True, slots=True)
class Edit:
    """A mention, or a remark, whose author changed its words."""

    external_id: str
    text: str
    at: datetime  #: UTC, by the network's clock


@dataclass(frozen=True, slots=True)
class Gap:
    """Mentions that the network will not show us any more, though we have not read them."""

    since: datetime  #: UTC; what was posted after it
    until: datetime  #: and before it may be missing
    why: str  #: for people


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls of a network cost, by its prices; see :mod:`channels.costs`."""

    kind: str  #: what was paid for, as the network's file names it
    units: int
    micro_dollars: int  #: of all units together
    thread: str | None = None  #: external id of the conversation it was for, where there is one


@dataclass(frozen=True, slots=True)
class Spent:
    """What an account has cost, and may cost, in millionths of a dollar."""

    day: int  #: today, UTC
    month: int  #: this month, UTC, today included
    budget_day: int | None = None  #: None: any
    budget_month: int | None = None
    by_kind: Mapping[str, int] = field(default_factory=dict)  #: of the month


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row or post that could not be understood. The rest goes on."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """What one look at a network brought, oldest first. ``position`` is committed with it."""

    mentions: tuple[Mention, ...] = ()
    own_posts: tuple[OwnPost, ...] = ()
    position: Mapping[str, Any] | None = None
    skipped: tuple[Skipped, ...] = ()
    #: Mentions that changed, and external ids of those that were deleted at the source; where the
    #: team talks, the same of remarks. Those that are not stored are passed over.
    edits: tuple[Edit, ...] = ()
    deletions: tuple[str, ...] = ()
    gap: Gap | None = None
    costs: tuple[Cost, ...] = ()  #: of reading it
    undelivered: tuple[Undelivered, ...] = ()
    remarks: tuple[Remark, ...] = ()  #: where the team talks; those that answer no note are dropped


class ReplyStatus(StrEnum):
    """The life of a reply. The rule is in ``docs/decisions/0007``."""

    APPROVED = "approved"  #: stored; to be sent
    SENDING = "sending"  #: committed before the network is called
    SENT = "sent"  #: the network gave it an external id
    REFUSED = "refused"  #: the network will never take it as it is
    RETRYABLE = "retryable"  #: nothing reached the network; tried again later
    UNKNOWN = "unknown"  #: it may have reached the network; never blindly repeated


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of ours."""

    id: int
    conversation_id: int
    text: str
    private: bool
    status: ReplyStatus
    #: Same for every attempt; networks that can, use it to refuse a second delivery.
    idempotency_key: str
    created_at: datetime
    #: External id of the mention it answers, or of the part before it of the same answer.
    in_reply_to: str | None = None
    thread: str = ""
    recipient: str = ""  #: handle of the customer on the channel
    external_id: str | None = None
    sent_at: datetime | None = None
    attempts: int = 0
    error: str | None = None
    job_id: int | None = None
    by: str | None = None  #: the agent, or None when the process wrote it
    send_at: datetime | None = None  #: UTC; not before, as somebody wished
    held_by: str | None = None  #: who keeps it back until it is released
    withdrawn_by: str | None = None  #: who withdrew it before it was sent
    #: Whether the network lets us answer that mention in public, as far as it can be known.
    answerable: bool = True
    #: UTC; when that mention was made, and when the customer wrote in private last in the
    #: conversation; None: never, or nobody knows.
    asked_at: datetime | None = None
    heard_at: datetime | None = None
    #: Whether it invites the customer, where it is public, to go on in private.
    hand_off: bool = False
    part: int | None = None  #: of an answer in several parts: which one, from 1,
    parts: int | None = None  #: and of how many
    files: tuple[Enclosure, ...] = ()  #: that go out with it; contents only while it is sent
    #: External ids of our other replies of the account: none of them is this one. Known only while
    #: it is looked for, and asked of one at a time: there may be millions.
    others: Container[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether a network would take a reply now, as far as its rules tell without asking it."""

    refusal: str | None = None  #: why it would not, and what can be done
    until: datetime | None = None  #: UTC; from then on it will not any more


@dataclass(frozen=True, slots=True)
class ReplyAct:
    """What somebody did with a reply before it was sent."""

    reply_id: int
    act: str  #: ``scheduled``, ``held``, ``released``, ``withdrawn`` or ``confirmed`` (warnings)
    by: str | None  #: a login; None when a process did it
    at: datetime  #: UTC
    detail: str | None = None


def correlation_key_of(conversation_id: int) -> str:
    """Return the key under which messages of a conversation find their instance."""
    return f"conversation:{conversation_id}"


def conversation_id_of(key: str) -> int | None:
    """Return the conversation a correlation key names; None for any other key."""
    number = key.rpartition(":")[2]
    # Longer ones are no row ids, and some databases refuse to look for them.
    if not number.isdecimal() or len(number) > 18:
        return None
    return int(number) if key == correlation_key_of(int(number)) else None


def business_key_of(channel: str, conversation_id: int) -> str:
    """Return the business key that instances of a conversation on ``channel`` have."""
    return f"{channel}:{conversation_id}"


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account of ours and how reading it goes."""

    account: ChannelAccount
    last_success_at: datetime | None  #: UTC; the network answered last, with news or without
    last_mention_at: datetime | None  #: UTC; a mention came in last
    next_poll_at: datetime | None  #: UTC
    poll_seconds: float
    failures: int  #: looks in a row that failed
    last_error: str | None
    #: Set when somebody should look: what is wrong, in one sentence.
    alarm: str | None = None
    #: Mentions that may be missing; shown until somebody has acknowledged it.
    gap: Gap | None = None
    #: Of a network that takes money; None: it has cost nothing this month.
    spent: Spent | None = None
    #: When mentions usually come in, see :mod:`channels.rhythm`; None before the first.
    rhythm: Mapping[str, Any] | None = None


def named_id(named: object) -> int:
    """Return an id that somebody names; 0, which no row has, for anything that can be none.

    A database that is asked for a number beyond 64 bits refuses all that it is asked together.
    """
    return named if type(named) is int and 0 < named < 2**63 else 0
