"""An account of ours on a stand-in for X, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.costs import collected
from channels.fields import told
from channels.model import ChannelAccount, Cost, Mention, Page, Reply, ReplyStatus
from channels.networks.x import XNetwork
from tests.networks.x_server import SECRETS, XServer
from tests.networks.x_world import HANDLE, World

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """Moves when told."""

    def __init__(self) -> None:
        self.present = NOW

    def now(self) -> datetime:
        return self.present

    def passes(self, **span: float) -> None:
        self.present += timedelta(**span)


def account_of(server: XServer, **settings: Any) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {name: str(value) for name, value in settings.items()}
    asked = told(XNetwork.fields, {**SECRETS, "address": server.address, **given})
    return ChannelAccount(1, "x", HANDLE, settings=asked.settings, secrets=asked.secrets)


@dataclass
class Stage:
    """A server, a network that calls it, and an account whose position is kept."""

    server: XServer
    network: XNetwork
    account: ChannelAccount
    clock: FakeClock
    #: Everything that was read, also before a look that failed.
    read: list[Mention] = field(default_factory=list)
    paid: list[Cost] = field(default_factory=list)

    @property
    def world(self) -> World:
        return self.server.world

    def says(self, text: str, author: str = "bob", **more: Any) -> str:
        """Have somebody name us, a second after what was before; return the post's id."""
        self.clock.passes(seconds=1)
        return self.world.post(author, f"@acme {text}", **more)

    def look(self, pages: int | None = None) -> list[Page]:
        """Look once, as the poller does, and keep the position of every page."""
        found: list[Page] = []
        for page in self.network.fetch(self.account, self.account.position):
            found.append(page)
            self.read += page.mentions
            self.paid += page.costs
            self.account = replace(self.account, position=page.position)
            if len(found) == pages:
                break
        return found

    def tells(self, **settings: Any) -> None:
        """Change settings of the account."""
        self.account = replace(self.account, settings={**self.account.settings, **settings})

    def allows(self, micro_dollars: int) -> None:
        self.account = replace(self.account, allowance=micro_dollars)

    def restarts(self) -> None:
        """Lose all that the process remembered."""
        self.network = XNetwork(self.clock.now)

    def hurries(self) -> None:
        """Wait hardly for what never comes; machines that are busy answer late as well."""
        self.network = XNetwork(self.clock.now, silence=0.5)

    def reply(self, to: str | None, text: str = "Sorry!", **more: Any) -> Reply:
        return Reply(
            id=1, conversation_id=1, text=text, private=more.pop("private", False),
            status=ReplyStatus.SENDING, idempotency_key="k1", created_at=self.clock.now(),
            in_reply_to=to, thread=more.pop("thread", to or ""), recipient="bob", **more,
        )  # fmt: skip

    def send(self, reply: Reply) -> str:
        with collected() as costs:
            try:
                return self.network.send(self.account, reply)
            finally:
                self.paid += costs

    def find(self, reply: Reply) -> str | None:
        with collected() as costs:
            found = self.network.find(self.account, reply)
        self.paid += costs
        return found

    def bill(self) -> dict[str, int]:
        """Return what was paid by kind, in millionths of a dollar."""
        return {
            kind: sum(one.micro_dollars for one in self.paid if one.kind == kind)
            for kind in sorted({one.kind for one in self.paid})
        }

    def notices(self) -> dict[str, str]:
        return dict((self.account.position or {}).get("notices") or {})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def server(clock: FakeClock) -> Iterator[XServer]:
    """A server all of whose traffic has to be as X describes it."""
    one = XServer(clock.now)
    yield one
    one.close()
    assert one.violations() == []


@pytest.fixture
def stage(server: XServer, clock: FakeClock) -> Stage:
    network = XNetwork(clock.now)
    return Stage(server, network, account_of(server), clock)
