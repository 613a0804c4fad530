"""The one interface to a network.

One file in ``channels/networks/`` implements :class:`Channel` for one network and ends with
``channel = TheClass``; it is found, not registered. Everything a network asks for beyond this
protocol (tokens, paging, rate limits) stays in that file, and so do its types.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from channels.fields import Field
from channels.media import MediaRules
from channels.model import Chance, ChannelAccount, Mention, Page, Reply

#: Seconds within which :meth:`Channel.send` has to end, in one way or another. A network's file
#: sets the time-outs of its calls so that they add up to less.
LONGEST_CALL = 60.0


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was tried with an account."""

    what: str  #: such as ``"log in"``
    found: str  #: what came of it, in words


class Ability(type(Protocol)):  # type: ignore[misc]
    """What some networks can. Asked with each answer and each mention, so it looks up names alone.

    Python 3.11 would collect the names of the protocol anew at every question.
    """

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> None:
        """Note what is asked for."""
        super().__init__(name, bases, body)
        told = {*body, *body.get("__annotations__", ())}
        cls._asked_for = tuple(sorted(one for one in told if not one.startswith("_")))

    def __instancecheck__(cls, instance: object) -> bool:
        """Tell whether ``instance`` has all that is asked for."""
        return all(getattr(instance, name, None) is not None for name in cls._asked_for)


class Channel(Protocol):
    """A network, seen as a place where mentions appear and replies go.

    It may also be an :class:`Adding` (accounts of it can be added by people), a :class:`Listening`
    (it tells of news sooner than the next look), a :class:`Receiving` (it calls us), a
    :class:`Charging` (replies have a price), an :class:`Enclosing` (replies carry files), a
    :class:`Whispering` (private replies have another length), a :class:`Restricting` (some
    replies are not taken, or for a while only), a :class:`Confiding` (not everything can be
    answered in public), a :class:`Spoken` (people alone answer), and an :class:`Inviting`.
    """

    #: Short lower-case name, the key in configuration: ``"mastodon"``.
    name: str
    #: Longest reply the network usually carries, as :meth:`measure` counts. An account whose server
    #: carries another length says so in its position: ``{"reply_limit": 5000}``.
    reply_limit: int
    #: Whether a reply can be sent to the customer alone.
    can_reply_privately: bool

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield pages of what happened after a position, oldest first.

        Nothing is skipped when the caller commits each page's position with the page.

        Raises:
            ChannelUnavailableError: try again later, from the last committed position.
            ChannelRefusedError: somebody has to mend the account first.
        """
        ...

    def measure(self, text: str) -> int:
        """Return the length of ``text`` as this network counts it against :attr:`reply_limit`."""
        ...

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply`` and return the external id the network gave it.

        It ends within :data:`LONGEST_CALL` seconds.

        Raises:
            ReplyTooLongError: nothing was posted; the text exceeds :attr:`reply_limit`.
            ReplyRefusedError: nothing was posted, and never will be as it is.
            ChannelUnavailableError: nothing was posted; sending again is safe.
            DeliveryUnknownError: it may have been posted; ask :meth:`find` before anything else.
        """
        ...

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the external id of ``reply`` if the network has it, else None.

        Raises:
            ChannelUnavailableError: the network cannot tell now; ask again later.
        """
        ...


@runtime_checkable
class Adding(Protocol, metaclass=Ability):
    """A network of which people add accounts, and try them."""

    #: As people know the network: ``"Mastodon"``.
    title: str
    #: What an account has to be told, in the order in which it is asked.
    fields: Sequence[Field]

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Try the account: log in and read, write nothing; return what was found.

        The id of an account that is not kept yet is 0: what is remembered of a log-in is
        remembered by its credentials. Secrets that an answer or an error quotes are taken out
        before anybody sees it.

        Raises:
            ChannelUnavailableError: the network does not answer now.
            ChannelRefusedError: something about the account is wrong; it says what to mend.
        """
        ...


@runtime_checkable
class Listening(Protocol, metaclass=Ability):
    """A network with a stream, an IDLE or the like. It is only a wake-up: polling reconciles."""

    def listen(
        self, account: ChannelAccount, wake: Callable[[], None], ended: threading.Event
    ) -> None:
        """Call ``wake`` whenever there may be news, until ``ended`` is set or the line breaks.

        Returns soon (within 10 seconds) after ``ended`` is set. Whoever calls it waits a while
        before calling again, longer each time the line breaks at once.

        Raises:
            ChannelUnavailableError: the line cannot be had now; polling goes on.
            ChannelRefusedError: the account has no such line.
        """
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """A call of ours by somebody outside, as it came; nobody has vouched for it."""

    method: str
    path: str  #: what follows the address of the account; ``""`` or ``"/..."``
    query: Mapping[str, str]
    headers: Mapping[str, str]  #: names in lower case
    body: bytes
    peer: str  #: network address of the caller
    at: datetime  #: UTC


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a call, and what it is answered."""

    status: int = 200
    body: bytes = b""
    type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What the call brought. It is stored before the call is answered, without a position.
    page: Page | None = None
    #: Whether the account has to be looked at now.
    wake: bool = False
    #: Id of the call, where its repeats have the same; what was kept of it unread is settled.
    id: str | None = None


@runtime_checkable
class Receiving(Protocol, metaclass=Ability):
    """A network that calls us: each account has an address of its own, which nobody can guess."""

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        """Answer a call. It is verified first: whoever knows the address may not be the network.

        A call that is repeated brings the same external ids, so it changes nothing.

        Raises:
            NotUnderstoodError: it is genuine and says nothing we know; it is kept for people.
            ChannelError: not now: the caller is told to come again.
        """
        ...


@runtime_checkable
class Vouched(Protocol, metaclass=Ability):
    """A network that can call an account only when a secret is told, which need not be."""

    #: Name of the field of that secret.
    vouched_by: str


@runtime_checkable
class Rereading(Protocol, metaclass=Ability):
    """A network that calls us, and can read a call again that was not understood."""

    def reread(self, account: ChannelAccount, body: bytes, at: datetime) -> Page:
        """Return what a call brings that was genuine when it came, ``at``.

        Raises:
            NotUnderstoodError: it still says nothing we know.
        """
        ...


@runtime_checkable
class Colleagues(Protocol, metaclass=Ability):
    """A network where our own people talk. Notes go there, and what is answered are notes.

    Customers are not met there: its pages bring ``remarks``, and their edits and deletions, alone.
    A note is sent as a reply whose ``thread`` is the external id of the first note of its
    conversation, or empty.
    """

    #: What people call the place: ``"Slack channel"``.
    place: str


@runtime_checkable
class Charging(Protocol, metaclass=Ability):
    """A network on which replies cost money, and more when they hold a link.

    Both raise ``ChannelRefusedError`` when the prices of the account cannot be read.
    """

    def link_price(self, account: ChannelAccount, text: str) -> str | None:
        """Return what posting ``text`` costs, such as ``"$0.20"``; None when it holds no link."""
        ...

    def reply_price(self, account: ChannelAccount, reply: Reply) -> int:
        """Return what sending ``reply`` costs, in millionths of a dollar."""
        ...


@runtime_checkable
class Confiding(Protocol, metaclass=Ability):
    """A network where something, or everything, can be answered to the customer alone."""

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Tell whether an answer to ``mention`` can be one that everybody reads."""
        ...


@runtime_checkable
class Spoken(Protocol, metaclass=Ability):
    """A network where people say every reply: a process by itself cannot answer."""

    #: How they do: ``"an agent who calls back"``.
    spoken_by: str


@runtime_checkable
class Inviting(Protocol, metaclass=Ability):
    """A network where a public reply can invite the customer to go on in private.

    Its :meth:`Channel.send` looks at ``Reply.hand_off``.
    """

    #: How it does: ``"a button that opens a direct message to us"``.
    invitation: str


@runtime_checkable
class Whispering(Protocol, metaclass=Ability):
    """A network whose private replies have another length than public ones.

    An account whose server carries another one says so in its position, as for public replies:
    ``{"private_reply_limit": 10000}``.
    """

    #: Longest private reply, as :meth:`measure_private` counts.
    private_limit: int

    def measure_private(self, text: str) -> int:
        """Return the length of ``text`` as private replies are counted."""
        ...


@runtime_checkable
class Restricting(Protocol, metaclass=Ability):
    """A network whose rules tell, without a call, that it will not take a reply any more."""

    def chance(self, account: ChannelAccount, reply: Reply) -> Chance:
        """Return whether ``reply`` would be taken now. One that is written has the id 0.

        :meth:`Channel.send` refuses the same replies before anything is sent.
        """
        ...


@runtime_checkable
class Enclosing(Protocol, metaclass=Ability):
    """A network that carries files with a reply.

    Its :meth:`Channel.send` uploads them first. What is uploaded nobody sees until a post names
    it, so that may be done again: an upload that breaks is a ``ChannelUnavailableError``.
    """

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a reply of the account may carry."""
        ...
