"""An account of ours on a stand-in for the Graph API, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from channels.fields import told
from channels.graph.network import GraphNetwork
from channels.model import ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.networks.facebook import Facebook
from channels.networks.instagram import Instagram
from tests.channels.conftest import FakeClock
from tests.networks.graph_server import SECRET, TOKEN, GraphServer

NETWORKS: dict[str, Callable[..., GraphNetwork]] = {"facebook": Facebook, "instagram": Instagram}
#: What Meta and we have agreed on for web hooks.
WORD = "a word of ours"


def account_on(server: GraphServer, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    network = NETWORKS[server.kind]()
    given = {"access_token": TOKEN, "app_secret": SECRET, "verify_token": WORD,
             "address": server.address, **settings}  # fmt: skip
    asked = told(network.fields, given)
    return ChannelAccount(1, server.kind, "acme", settings=asked.settings, secrets=asked.secrets)


@dataclass
class Stage:
    """A server with one post of ours, a network that calls it, and an account with its position."""

    server: GraphServer
    network: GraphNetwork
    account: ChannelAccount
    clock: FakeClock
    post: str
    #: Everything that was read, also before a look that failed.
    read: list[Mention] = field(default_factory=list)

    def says(self, text: str, author: str = "bob", post: str | None = None, **more: Any) -> str:
        """Have somebody comment, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.server.comment(post or self.post, author, text, **more)

    def writes(self, text: str, person: str = "bob", **more: Any) -> str:
        """Have somebody send a message, a second after what was before."""
        self.clock.passes(seconds=1)
        return self.server.message(person, text, **more)

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

    def mentions(self, **more: Any) -> list[Mention]:
        """Look, and return what was read."""
        return [mention for page in self.look(**more) for mention in page.mentions]

    def texts(self, **more: Any) -> list[str]:
        return [mention.text for mention in self.mentions(**more)]

    def restarts(self) -> None:
        """Begin with a new object, as another process does."""
        self.network = NETWORKS[self.server.kind](self.clock.now)

    def reply(self, to: str, text: str = "Sorry for that!", **more: Any) -> Reply:
        values: dict[str, Any] = {
            "id": 1, "conversation_id": 1, "text": text, "private": False, "in_reply_to": to,
            "status": ReplyStatus.SENDING, "idempotency_key": "key-1", "recipient": "bob",
            "created_at": self.clock.now(), "thread": to,
        }  # fmt: skip
        return Reply(**(values | more))

    def send(self, to: str, text: str = "Sorry for that!", **more: Any) -> str:
        return self.network.send(self.account, self.reply(to, text, **more))

    def find(self, to: str, **more: Any) -> str | None:
        return self.network.find(self.account, self.reply(to, **more))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stage_on(clock: FakeClock) -> Iterator[Callable[..., Stage]]:
    """Make a stage on one of the two networks."""
    servers: list[GraphServer] = []

    def make(kind: str, **settings: str) -> Stage:
        servers.append(GraphServer(kind, clock.now))
        network = NETWORKS[kind](clock.now)
        post = servers[-1].post()
        return Stage(servers[-1], network, account_on(servers[-1], **settings), clock, post)

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
