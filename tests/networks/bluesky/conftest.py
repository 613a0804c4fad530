"""An account of ours on a stand-in server, a clock that moves when told, and the rooms around."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.model import ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.networks.bluesky import Bluesky
from tests.networks.bluesky_server import BlueskyServer
from tests.networks.bluesky_world import World

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

    server: BlueskyServer
    network: Bluesky
    account: ChannelAccount
    clock: FakeClock
    #: Everything that was read, also before a look that failed.
    read: list[Mention] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.server.world

    def says(self, text: str = "hello", **more: Any) -> str:
        """Have somebody address us, a second after what was before; return the address."""
        self.clock.passes(seconds=1)
        return self.world.says(text, **more)

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

    def texts(self) -> list[str]:
        """Look once and return the words of what was read."""
        return [mention.text for page in self.look() for mention in page.mentions]

    def told(self, **settings: Any) -> None:
        """Let the account have other settings."""
        self.account = replace(self.account, settings={**self.account.settings, **settings})

    def restarted(self) -> None:
        """Begin with a new object, as another process does."""
        self.network = Bluesky(self.clock.now)

    def reply(self, text: str = "Sorry!", **more: Any) -> Reply:
        values = {
            "id": 1, "conversation_id": 1, "text": text, "private": False, "thread": "",
            "status": ReplyStatus.SENDING, "idempotency_key": "key-1",
            "created_at": self.clock.now(), "recipient": "bob.test",
        } | more  # fmt: skip
        return Reply(**values)

    def send(self, one: Reply) -> str:
        return self.network.send(self.account, one)

    def find(self, one: Reply) -> str | None:
        return self.network.find(self.account, one)


class Answering(Bluesky):
    """The network, answering one post whatever a reply says that it answers."""

    def __init__(self, clock: FakeClock, uri: str) -> None:
        super().__init__(clock.now)
        self._uri = uri

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        return super().send(account, replace(reply, in_reply_to=self._uri))

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        return super().find(account, replace(reply, in_reply_to=self._uri))


def account_on(server: BlueskyServer, **settings: Any) -> ChannelAccount:
    """Return our account on a server."""
    return ChannelAccount(
        1, "bluesky", "acme.test", settings={"server": server.address, **settings},
        secrets={"app_password": "app-pass"},
    )  # fmt: skip


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stage(clock: FakeClock) -> Iterator[Stage]:
    server = BlueskyServer(clock.now)
    yield Stage(server, Bluesky(clock.now), account_on(server), clock)
    server.close()
