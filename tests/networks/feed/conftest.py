"""A blog, an account that reads its feed, and a clock that moves when told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels.fields import told
from channels.model import ChannelAccount, Mention, Page
from channels.networks.feed import FeedNetwork
from tests.channels.conftest import FakeClock
from tests.networks.feed_server import Blog, Entry
from tests.networks.staging import PATIENCE, Staged


def account_of(blog: Blog, **settings: str) -> ChannelAccount:
    """Return an account as somebody adds it."""
    given = {"address": f"{blog.address}/feed", "words": "Acme", "private_network": "yes"}
    given |= settings
    return ChannelAccount(1, "feed", "acme-blog", settings=told(FeedNetwork.fields, given).settings)


class Stage(Staged):
    """A blog, and an account that reads its feed."""

    def __init__(self, blog: Blog, clock: FakeClock) -> None:
        super().__init__(FeedNetwork(clock.now, silence=PATIENCE), account_of(blog), clock)
        self.blog = blog

    def writes(self, html: str, **more: str) -> Entry:
        """Have the blog write, a minute after what was before."""
        self.clock.passes(minutes=1)
        return self.blog.writes(html, self.clock.now(), **more)

    def look(self, seconds: float = 300, pages: int | None = None) -> list[Page]:
        return super().look(seconds, pages)

    def mentions(self, seconds: float = 300) -> list[Mention]:
        return super().mentions(seconds)


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
    return Stage(blog, clock)
