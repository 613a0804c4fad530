"""A member of ours in a forum, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from channels.fields import told
from channels.model import ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.networks.discourse import DiscourseNetwork
from tests.channels.conftest import FakeClock
from tests.networks.discourse_server import KEY, MEMBER, Forum, Post, Topic


def account_in(forum: Forum, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {"server": forum.address, "api_key": KEY, "words": "Acme Bank, #acme", **settings}
    asked = told(DiscourseNetwork.fields, given)
    return ChannelAccount(1, "discourse", MEMBER, settings=asked.settings, secrets=asked.secrets)


@dataclass
class Stage:
    """A forum with one topic, a network that calls it, and an account with its position."""

    forum: Forum
    network: DiscourseNetwork
    account: ChannelAccount
    clock: FakeClock
    topic: Topic
    #: Everything that was read, also before a look that failed.
    read: list[Mention] = field(default_factory=list)

    def says(self, raw: str, author: str = "bob", topic: Topic | None = None, **more: Any) -> Post:
        """Have somebody write, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.forum.post(topic or self.topic, author, raw, **more)

    def look(self, seconds: float = 60, pages: int | None = None) -> list[Page]:
        """Look after some seconds, as the poller does, and keep the position of every page."""
        self.clock.passes(seconds=seconds)
        found: list[Page] = []
        for page in self.network.fetch(self.account, self.account.position):
            found.append(page)
            self.read += page.mentions
            self.account = replace(self.account, position=page.position)
            if len(found) == pages:
                break
        return found

    def texts(self, **more: Any) -> list[str]:
        """Look, and return the texts of the mentions that were read."""
        return [mention.text for page in self.look(**more) for mention in page.mentions]

    def restarts(self) -> None:
        """Begin with a new object, as another process does."""
        self.network = DiscourseNetwork(self.clock.now)

    def reply(self, to: str, text: str = "Sorry for that!", **more: Any) -> Reply:
        values: dict[str, Any] = {
            "id": 1, "conversation_id": 1, "text": text, "private": False, "in_reply_to": to,
            "status": ReplyStatus.SENDING, "idempotency_key": "key-1", "recipient": "bob",
            "created_at": self.clock.now(), "thread": f"{self.topic.id}:bob",
        }  # fmt: skip
        return Reply(**(values | more))

    def send(self, reply: Reply) -> str:
        return self.network.send(self.account, reply)

    def find(self, reply: Reply) -> str | None:
        return self.network.find(self.account, reply)


@pytest.fixture
def forum(clock: FakeClock) -> Iterator[Forum]:
    one = Forum(clock.now)
    yield one
    one.close()


@pytest.fixture
def stage(forum: Forum, clock: FakeClock) -> Stage:
    network = DiscourseNetwork(clock.now)
    topic = forum.topic("Where is my parcel?")
    return Stage(forum, network, account_in(forum), clock, topic)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
