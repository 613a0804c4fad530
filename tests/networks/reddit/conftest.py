"""An account of ours on a stand-in for Reddit, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from channels.fields import told
from channels.model import ChannelAccount
from channels.networks.reddit import RedditNetwork
from tests.channels.conftest import FakeClock
from tests.networks.reddit_server import APP, MEMBER, PASSWORD, SECRET, Reddit, Thing
from tests.networks.staging import PATIENCE, Staged


def account_on(server: Reddit, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {"client_id": APP, "client_secret": SECRET, "password": PASSWORD, "words": "Acme Bank",
             "address": server.address, **settings}  # fmt: skip
    asked = told(RedditNetwork.fields, given)
    return ChannelAccount(1, "reddit", MEMBER, settings=asked.settings, secrets=asked.secrets)


class Stage(Staged):
    """A stand-in with one post, and an account of ours on it."""

    def __init__(self, server: Reddit, clock: FakeClock) -> None:
        super().__init__(RedditNetwork(clock.now, silence=PATIENCE), account_on(server), clock)
        self.server = server
        self.post = server.post("eve", "Parcels")

    def says(self, body: str, author: str = "bob", to: Thing | None = None, **more: Any) -> Thing:
        """Have somebody comment, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.server.comment(author, body, to or self.post, **more)

    def writes(self, body: str, author: str = "bob", **more: Any) -> Thing:
        """Have somebody write to us in private."""
        self.clock.passes(seconds=1)
        return self.server.message(author, body, MEMBER, **more)


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
    return Stage(server, clock)
