"""A blog, an account that reads its feed, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from channels.fields import told
from channels.model import ChannelAccount, Mention, Page
from channels.networks.feed import FeedNetwork
from tests.channels.conftest import FakeClock
from tests.networks.feed_server import Blog, Entry


def account_of(blog: Blog, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {"address": f"{blog.address}/feed", "words": "Acme", **settings}
    return ChannelAccount(1, "feed", "acme-blog", settings=told(FeedNetwork.fields, given).settings)


@dataclass
class Stage:
    """A blog, a network that reads it, and an account whose position is kept."""

    blog: Blog
    network: FeedNetwork
    account: ChannelAccount
    clock: FakeClock

    def writes(self, html: str, **more: str) -> Entry:
        """Have the blog write, a minute after what was before."""
        self.clock.passes(minutes=1)
        return self.blog.writes(html, self.clock.now(), **more)

    def look(self, minutes: float = 5, pages: int | None = None) -> list[Page]:
        """Look after some minutes, as the poller does, and keep the position of every page."""
        self.clock.passes(minutes=minutes)
        found: list[Page] = []
        for page in self.network.fetch(self.account, self.account.position):
            found.append(page)
            self.account = replace(self.account, position=page.position)
            if len(found) == pages:
                break
        return found

    def mentions(self, minutes: float = 5) -> list[Mention]:
        """Look, and return the mentions that were read."""
        return [mention for page in self.look(minutes) for mention in page.mentions]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def blog() -> Iterator[Blog]:
    one = Blog()
    yield one
    one.close()


@pytest.fixture
def stage(blog: Blog, clock: FakeClock) -> Stage:
    return Stage(blog, FeedNetwork(clock.now), account_of(blog), clock)
