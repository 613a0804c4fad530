"""An account of ours on a stand-in server, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.model import ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.networks.mastodon import MastodonNetwork
from tests.networks.mastodon_server import TOKEN, MastodonServer
from tests.networks.mastodon_world import DOMAIN, MASTODON, Make, World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """Moves when told."""

    def __init__(self) -> None:
        self.present = NOW

    def now(self) -> datetime:
        return self.present

    def passes(self, **span: float) -> None:
        self.present += timedelta(**span)


@dataclass
class Stage:
    """A server, a network that calls it, and an account whose position is kept."""

    server: MastodonServer
    network: MastodonNetwork
    account: ChannelAccount
    clock: FakeClock
    #: Everything that was read, also before a look that failed.
    read: list[Mention] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.server.world

    def says(self, text: str, author: str = "bob@other.example", **more: Any) -> str:
        """Have somebody address us, a second after what was before; return the post's id."""
        self.clock.passes(seconds=1)
        return self.world.post(author, f"@acme {text}", **more)

    def look(self, pages: int | None = None) -> list[Page]:
        """Look once, as the poller does, and keep the position of every page."""
        found: list[Page] = []
        for page in self.network.fetch(self.account, self.account.position):
            found.append(page)
            self.read += page.mentions
            self.account = replace(self.account, position=page.position)
            if len(found) == pages:
                break
        return found

    def mentions(self) -> list[Mention]:
        """Look once and return what was read."""
        return [mention for page in self.look() for mention in page.mentions]

    def restarted(self) -> None:
        """Begin with a new object, as another process does."""
        self.network = MastodonNetwork(self.clock.now)

    def reply(self, text: str = "Sorry!", **more: Any) -> Reply:
        values = {
            "id": 1, "conversation_id": 1, "text": text, "private": False, "thread": "",
            "status": ReplyStatus.SENDING, "idempotency_key": "key-1",
            "created_at": self.clock.now(), "recipient": "bob@other.example",
        } | more  # fmt: skip
        return Reply(**values)

    def posted(self) -> list[str]:
        """Return what stands among our own posts, without markup but for paragraphs."""
        return [one["content"] for one in self.world.by_us()]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stage_on(clock: FakeClock) -> Iterator[Callable[..., Stage]]:
    """Make a stage on a server of some make."""
    servers: list[MastodonServer] = []

    def make(make: Make = MASTODON, **settings: Any) -> Stage:
        servers.append(MastodonServer(make, clock.now))
        account = ChannelAccount(
            1, "mastodon", f"acme@{DOMAIN}", secrets={"access_token": TOKEN},
            settings={"server": servers[-1].address, **settings},
        )  # fmt: skip
        return Stage(servers[-1], MastodonNetwork(clock.now), account, clock)

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def stage(stage_on: Callable[..., Stage]) -> Stage:
    return stage_on()
