"""A small simulated network that lives in the process: what ``corral run --demo`` shows.

Customers complain, ask, praise, want to buy and advertise, in several languages; they answer our
replies, lose patience, fall silent, and now and then a complaint goes viral and others join. All
of it follows from a seed, the clock and what we reply. ``account.settings`` may hold:

==========================  =======  ==========================================================
``mentions_per_minute``     2        new conversations; 0 for none
``pace``                    1        2 lets customers react in half the time
``max_open``                30       nobody new writes while so many wait for an answer
``trouble``                 0        share of replies that meet an outage, are cut off or refused
``industry``                all      one of parcel, energy, bank, telecom, travel
``seed``                    handle   any whole number; the same seed tells the same stories
==========================  =======  ==========================================================

Positions are sequence numbers. After a restart the network goes on from the committed position
and does not remember our earlier replies.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.demo import texts
from channels.demo.stories import Storyteller
from channels.demo.world import Entry, Tempo, World
from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.fields import Field
from channels.media import LIKE_X, LIKE_X_IN_PRIVATE, MediaRules
from channels.model import ChannelAccount, Page, Reply
from channels.protocol import Checked

PAGE_LENGTH = 50
#: Highest rate that still makes sense to watch.
MOST_PER_MINUTE = 600.0
INDUSTRIES = ("parcel", "energy", "bank", "telecom", "travel")
FIELDS = (
    Field(
        "mentions_per_minute",
        "Mentions a minute",
        "New conversations; 0 for none, 600 at most.",
        default="2",
        kind="number",
    ),
    Field(
        "pace",
        "Pace",
        "2 lets customers answer in half the time.",
        default="1",
        kind="number",
    ),
    Field(
        "max_open",
        "Open conversations",
        "Nobody new writes while so many wait for an answer.",
        default="30",
        kind="number",
    ),
    Field(
        "trouble",
        "Trouble",
        "Share of replies that meet an outage, are cut off or refused, from 0 to 1.",
        default="0",
        kind="number",
    ),
    Field("industry", "Industry", "What they write about.", required=False, choices=INDUSTRIES),
    Field(
        "seed",
        "Seed",
        "A whole number; the same one tells the same stories.",
        required=False,
        kind="number",
    ),
)


@dataclass(slots=True)
class _Server:
    """What the network knows of one of our accounts."""

    world: World
    trouble: float
    seed: int
    sent: dict[str, str] = field(default_factory=dict)  #: idempotency key to external id
    troubled: set[str] = field(default_factory=set)  #: keys that have had their trouble


class DemoNetwork:
    """The simulated network. Safe to use from several threads."""

    name = "demo"
    reply_limit = 280
    can_reply_privately = True
    title = "Demo (invented customers)"
    fields = FIELDS

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Take the clock ``now``: a function that returns the present in UTC."""
        self._now = now
        self._servers: dict[tuple[int, str], _Server] = {}
        self._lock = threading.Lock()

    def check(self, account: ChannelAccount) -> list[Checked]:
        """Read the settings; see :class:`channels.protocol.Adding`. It needs no credentials."""
        self._begin(account, 0, 0)
        rate = _Wishes(account).number("mentions_per_minute", 2, 0, MOST_PER_MINUTE)
        return [Checked("Settings", f"customers write about {rate:g} times a minute")]

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what was posted since ``after``; see :class:`channels.protocol.Channel`."""
        sequence = int((after or {}).get("sequence", 0))
        while entries := self._read(account, after, sequence):
            last = entries[-1]
            sequence = last.sequence
            yield Page(
                mentions=tuple(entry.mention for entry in entries),
                position={"sequence": last.sequence, "stories": last.stories},
            )

    def measure(self, text: str) -> int:
        """Return the number of characters, as Unicode counts them."""
        return len(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a reply may carry: as on the network that it is like."""
        return LIKE_X_IN_PRIVATE if private else LIKE_X

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply``; the customer may answer a little later."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        with self._lock:
            server = self._server(account, None)
            known = server.sent.get(reply.idempotency_key)
            return known or self._accept(server, reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the external id of ``reply`` if it was posted. It is always certain."""
        with self._lock:
            return self._server(account, None).sent.get(reply.idempotency_key)

    def _read(
        self, account: ChannelAccount, after: Mapping[str, Any] | None, sequence: int
    ) -> list[Entry]:
        with self._lock:
            world = self._server(account, after).world
            world.live(self._now())
            return world.after(sequence, PAGE_LENGTH)

    def _accept(self, server: _Server, reply: Reply) -> str:
        if not reply.text.strip():
            raise ReplyRefusedError("The demo network takes no empty reply. Write something.")
        drawn = self._trouble(server, reply)
        if drawn == "outage":
            raise ChannelUnavailableError(
                "The demo network is out of breath; nothing was posted.", retry_after=5
            )
        if drawn == "cut off before":
            raise DeliveryUnknownError("The connection to the demo network broke while sending.")
        if server.trouble and server.world.heard_before(reply):
            raise ReplyRefusedError(
                "The demo network refuses to post the same text twice in one conversation. "
                "Word it differently."
            )
        digest = hashlib.sha256(reply.idempotency_key.encode()).hexdigest()
        external_id = f"demo{server.seed}-reply-{digest[:16]}"
        server.sent[reply.idempotency_key] = external_id
        server.world.hear(reply, external_id, self._now())
        if drawn == "cut off after":
            raise DeliveryUnknownError("The demo network posted something, then stopped answering.")
        return external_id

    def _trouble(self, server: _Server, reply: Reply) -> str | None:
        """Return which trouble this reply meets; each key meets it at its first attempt alone."""
        if reply.idempotency_key in server.troubled:
            return None
        server.troubled.add(reply.idempotency_key)
        drawn = zlib.crc32(f"{server.seed}:{reply.idempotency_key}".encode()) / 2**32
        if drawn >= server.trouble:
            return None
        kinds = ("outage", "cut off before", "cut off after")
        return kinds[int(drawn / server.trouble * len(kinds))]

    def _server(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> _Server:
        key = (account.id, account.handle)
        position = after or {}
        sequence, stories = int(position.get("sequence", 0)), int(position.get("stories", 0))
        server = self._servers.get(key)
        if server is None:
            # A send may come before the first fetch after a restart: the account knows where
            # reading stopped, so that no number is given twice.
            committed = account.position or {}
            sequence = max(sequence, int(committed.get("sequence", 0)))
            stories = max(stories, int(committed.get("stories", 0)))
            server = self._begin(account, sequence, stories)
            self._servers[key] = server
        server.world.catch_up(sequence, stories)
        return server

    def _begin(self, account: ChannelAccount, sequence: int, stories: int) -> _Server:
        wanted = _Wishes(account)
        seed = int(wanted.number("seed", zlib.crc32(account.handle.encode()) % 9_000, 0, 2**31))
        teller = Storyteller(
            texts.load(), seed=seed, handle=account.handle, industry=wanted.industry()
        )
        tempo = Tempo(
            mentions_per_minute=wanted.number("mentions_per_minute", 2, 0, MOST_PER_MINUTE),
            pace=wanted.number("pace", 1, 0.01, 1_000),
            max_open=int(wanted.number("max_open", 30, 1, 10_000)),
        )
        world = World(teller, tempo, seed=seed, now=self._now(), sequence=sequence, stories=stories)
        return _Server(world, wanted.number("trouble", 0, 0, 1), seed)


class _Wishes:
    """The settings of an account, checked."""

    def __init__(self, account: ChannelAccount) -> None:
        self._account = account

    def number(self, name: str, default: float, least: float, most: float) -> float:
        value = self._account.settings.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refusal(name, value, f"a number from {least} to {most}")
        if not least <= value <= most:
            raise self._refusal(name, value, f"a number from {least} to {most}")
        return value

    def industry(self) -> str | None:
        value = self._account.settings.get("industry")
        known = texts.load().industries()
        if value is None or value in known:
            return value
        raise self._refusal("industry", value, f"one of {', '.join(known)}")

    def _refusal(self, name: str, value: object, wanted: str) -> ChannelRefusedError:
        return ChannelRefusedError(
            f"The demo account {self._account.handle!r} has {name} = {value!r}. "
            f"Set it to {wanted} in the settings of the account."
        )


channel = DemoNetwork
