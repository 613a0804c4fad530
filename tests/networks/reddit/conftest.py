"""An account of ours on a stand-in for Reddit, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from channels.fields import told
from channels.model import ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.networks.reddit import RedditNetwork
from tests.channels.conftest import FakeClock
from tests.networks.reddit_server import APP, MEMBER, PASSWORD, SECRET, Reddit, Thing


def account_on(server: Reddit, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {"client_id": APP, "client_secret": SECRET, "password": PASSWORD, "words": "Acme Bank",
             "address": server.address, **settings}  # fmt: skip
    asked = told(RedditNetwork.fields, given)
    return ChannelAccount(1, "reddit", MEMBER, settings=asked.settings, secrets=asked.secrets)


@dataclass
class Stage:
    """A server with one post, a network that calls it, and an account with its position."""

    server: Reddit
    network: RedditNetwork
    account: ChannelAccount
    clock: FakeClock
    post: Thing

    def says(self, body: str, author: str = "bob", to: Thing | None = None, **more: Any) -> Thing:
        """Have somebody comment, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.server.comment(author, body, to or self.post, **more)

    def writes(self, body: str, author: str = "bob", **more: Any) -> Thing:
        """Have somebody write to us in private."""
        self.clock.passes(seconds=1)
        return self.server.message(author, body, MEMBER, **more)

    def look(self, seconds: float = 60, pages: int | None = None) -> list[Page]:
        """Look after some seconds, as the poller does, and keep the position of every page."""
        self.clock.passes(seconds=seconds)
        found: list[Page] = []
        for page in self.network.fetch(self.account, self.account.position):
            found.append(page)
            self.account = replace(self.account, position=page.position)
            if len(found) == pages:
                break
        return found

    def mentions(self, **more: Any) -> list[Mention]:
        """Look, and return the mentions that were read."""
        return [mention for page in self.look(**more) for mention in page.mentions]

    def texts(self) -> list[str]:
        """Look, and return the texts of the mentions that were read."""
        return [mention.text for mention in self.mentions()]

    def tells(self, **settings: Any) -> None:
        """Change settings of the account."""
        self.account = replace(self.account, settings={**self.account.settings, **settings})

    def restarts(self) -> None:
        """Begin with a new object, as another process does."""
        self.network = RedditNetwork(self.clock.now)

    def reply(self, to: str, text: str = "Sorry!", **more: Any) -> Reply:
        values: dict[str, Any] = {
            "id": 1, "conversation_id": 1, "text": text, "private": False, "in_reply_to": to,
            "status": ReplyStatus.SENDING, "idempotency_key": "key-1", "recipient": "bob",
            "created_at": self.clock.now(),
        }  # fmt: skip
        return Reply(**(values | more))

    def send(self, reply: Reply) -> str:
        return self.network.send(self.account, reply)

    def find(self, reply: Reply) -> str | None:
        return self.network.find(self.account, reply)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[Reddit]:
    one = Reddit(clock.now)
    yield one
    one.close()


@pytest.fixture
def stage(server: Reddit, clock: FakeClock) -> Stage:
    post = server.post("eve", "Parcels")
    return Stage(server, RedditNetwork(clock.now), account_on(server), clock, post)
