"""A member of ours in a forum, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels.fields import told
from channels.model import ChannelAccount, Reply
from channels.networks.discourse import DiscourseNetwork
from tests.channels.conftest import FakeClock
from tests.networks.discourse_server import KEY, MEMBER, Forum, Post, Topic
from tests.networks.staging import PATIENCE, Staged


def account_in(forum: Forum, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {"server": forum.address, "api_key": KEY, "words": "Acme Bank, #acme", **settings}
    asked = told(DiscourseNetwork.fields, given)
    return ChannelAccount(1, "discourse", MEMBER, settings=asked.settings, secrets=asked.secrets)


class Stage(Staged):
    """A forum with one topic, and a member of ours in it."""

    def __init__(self, forum: Forum, clock: FakeClock) -> None:
        super().__init__(DiscourseNetwork(clock.now, silence=PATIENCE), account_in(forum), clock)
        self.forum = forum
        self.topic = forum.topic("Where is my parcel?")

    def says(self, raw: str, author: str = "bob", topic: Topic | None = None, **more: Any) -> Post:
        """Have somebody write, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.forum.post(topic or self.topic, author, raw, **more)

    def reply(self, to: str, text: str = "Sorry for that!", **more: Any) -> Reply:
        return super().reply(to, text, **({"thread": f"{self.topic.id}:bob"} | more))


@pytest.fixture
def forum(clock: FakeClock) -> Iterator[Forum]:
    one = Forum(clock.now)
    yield one
    one.close()


@pytest.fixture
def stage(forum: Forum, clock: FakeClock) -> Stage:
    return Stage(forum, clock)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
