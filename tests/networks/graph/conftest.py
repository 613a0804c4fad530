"""An account of ours on a stand-in for the Graph API, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from channels.fields import told
from channels.graph.network import GraphNetwork
from channels.model import ChannelAccount, Reply
from channels.networks.facebook import Facebook
from channels.networks.instagram import Instagram
from tests.channels.conftest import FakeClock
from tests.networks.graph_server import SECRET, TOKEN, GraphServer
from tests.networks.staging import Staged

NETWORKS: dict[str, Callable[..., GraphNetwork]] = {"facebook": Facebook, "instagram": Instagram}
#: What Meta and we have agreed on for webhooks.
WORD = "a word of ours"


def account_on(server: GraphServer, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    network = NETWORKS[server.kind]()
    given = {"access_token": TOKEN, "app_secret": SECRET, "verify_token": WORD,
             "address": server.address, **settings}  # fmt: skip
    asked = told(network.fields, given)
    return ChannelAccount(1, server.kind, "acme", settings=asked.settings, secrets=asked.secrets)


class Stage(Staged):
    """A server with one post of ours, and an account on it."""

    def __init__(self, server: GraphServer, clock: FakeClock, **settings: str) -> None:
        super().__init__(NETWORKS[server.kind](clock.now), account_on(server, **settings), clock)
        self.server = server
        self.post = server.post()

    def says(self, text: str, author: str = "bob", post: str | None = None, **more: Any) -> str:
        """Have somebody comment, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.server.comment(post or self.post, author, text, **more)

    def writes(self, text: str, person: str = "bob", **more: Any) -> str:
        """Have somebody send a message, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.server.message(person, text, **more)

    def reply(self, to: str, text: str = "Sorry for that!", **more: Any) -> Reply:
        return super().reply(to, text, **({"thread": to} | more))

    def answers(self, to: str, text: str = "Sorry for that!", **more: Any) -> str:
        """Answer what has that name, and return the name of the answer."""
        return self.send(self.reply(to, text, **more))

    def finds(self, to: str, **more: Any) -> str | None:
        """Look for an answer to what has that name."""
        return self.find(self.reply(to, **more))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stage_on(clock: FakeClock) -> Iterator[Callable[..., Stage]]:
    """Make a stage on one of the two networks."""
    servers: list[GraphServer] = []

    def make(kind: str, **settings: str) -> Stage:
        servers.append(GraphServer(kind, clock.now))
        return Stage(servers[-1], clock, **settings)

    yield make
    for server in servers:
        server.close()


@pytest.fixture(params=["facebook", "instagram"])
def stage(request: pytest.FixtureRequest, stage_on: Callable[..., Stage]) -> Stage:
    return stage_on(request.param)


@pytest.fixture
def facebook(stage_on: Callable[..., Stage]) -> Stage:
    return stage_on("facebook")


@pytest.fixture
def instagram(stage_on: Callable[..., Stage]) -> Stage:
    return stage_on("instagram")
