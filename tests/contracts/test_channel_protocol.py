"""What every network has to keep, whichever are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels import networks
from channels.errors import (
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.protocol import Channel, Restricting
from tests.channels.test_recordings import csv_of, told

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NAMES = sorted(networks.found())


def _recorded(folder: Path) -> tuple[Channel, dict[str, Any]]:
    rows = (f"{n},{n % 7},True,{told(n % 60)},@acme text {n},," for n in range(1, 200))
    return networks.found()["recorded"], {"file": str(csv_of(folder, *rows))}


def _demo(_folder: Path) -> tuple[Channel, dict[str, Any]]:
    from channels.networks.demo import DemoNetwork

    moments: Iterator[datetime] = iter(NOW + timedelta(minutes=n) for n in range(10_000))
    return DemoNetwork(lambda: next(moments)), {"seed": 7, "mentions_per_minute": 30}


def _mastodon(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.mastodon import MastodonNetwork
    from tests.networks.mastodon_server import TOKEN, MastodonServer

    server = MastodonServer(clock=lambda: NOW)
    for number in range(200):
        server.world.post("bob", f"@acme number {number}", at=NOW - timedelta(minutes=200 - number))
    account = ChannelAccount(
        1, "mastodon", "acme@social.example", settings={"server": server.address},
        secrets={"access_token": TOKEN},
    )  # fmt: skip
    return MastodonNetwork(lambda: NOW), account


def _email(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from tests.networks.mail_servers import named_like_handles, servers

    there = servers()
    address = there.new_address()
    mails = [
        f"From: Bob <bob@example.test>\nMessage-ID: <{n}@example.test>\n\nText {n}".encode()
        for n in range(45)
    ]
    there.deliver(address, *mails)
    return named_like_handles(), there.account(address, history_days=1)


def _x(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.x import XNetwork
    from tests.networks.x.conftest import account_of
    from tests.networks.x_server import XServer
    from tests.networks.x_world import id_at

    server = XServer(lambda: NOW)
    server.world.post("bob", "@acme the one that is answered", id=1)
    for number in range(250):
        at = id_at(NOW - timedelta(minutes=250 - number))
        server.world.post("bob", f"@acme number {number}", id=at)
    return XNetwork(lambda: NOW), account_of(server)


def _bluesky(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from tests.networks.bluesky.conftest import Answering, FakeClock, account_on
    from tests.networks.bluesky_server import BlueskyServer

    clock = FakeClock()
    server = BlueskyServer(clock.now)
    for number in range(120):
        server.world.says(f"number {number}", at=NOW - timedelta(minutes=120 - number))
    return Answering(clock, server.world.says("answer me", reason=None)), account_on(server)


def _discourse(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.discourse import DiscourseNetwork
    from tests.networks.discourse.conftest import account_in
    from tests.networks.discourse_server import Forum

    forum = Forum(lambda: NOW)
    topic = forum.topic("Parcels")
    for number in range(250):
        forum.post(topic, "bob", f"@acme number {number}", at=NOW - timedelta(minutes=250 - number))
    return DiscourseNetwork(lambda: NOW), account_in(forum)


def _graph(kind: str) -> Callable[[Path], tuple[Channel, ChannelAccount]]:
    def stage(_folder: Path) -> tuple[Channel, ChannelAccount]:
        from tests.networks.graph.conftest import NETWORKS, account_on
        from tests.networks.graph_server import GraphServer

        server = GraphServer(kind, lambda: NOW)
        post = server.post(at=NOW - timedelta(days=1))
        server.comment(post, "bob", "the one that is answered", id="1")
        for number in range(250):
            at = NOW - timedelta(minutes=250 - number)
            server.comment(post, "bob", f"number {number}", at=at)
        return NETWORKS[kind](lambda: NOW), account_on(server)

    return stage


def _reddit(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.reddit import RedditNetwork
    from tests.networks.reddit.conftest import account_on
    from tests.networks.reddit_server import Reddit

    server = Reddit(lambda: NOW)
    post = server.post("eve", "Parcels", at=NOW)
    for number in range(250):
        at = NOW - timedelta(minutes=250 - number)
        server.comment("bob", f"u/acme number {number}", post, at=at)
    return RedditNetwork(lambda: NOW), account_on(server)


def _feed(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.feed import FeedNetwork
    from tests.networks.feed.conftest import account_of
    from tests.networks.feed_server import Blog

    blog = Blog()
    for number in range(150):
        blog.writes(f"Acme number {number}", NOW - timedelta(minutes=150 - number))
    return FeedNetwork(lambda: NOW), account_of(blog)


def _phone(_folder: Path) -> tuple[Channel, dict[str, Any]]:
    return networks.found()["phone"], {"region": "DE"}


def _webhook(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.webhook import WebhookNetwork
    from tests.networks.webhook_server import SECRET, WebhookServer

    server = WebhookServer(lambda: NOW)
    settings = {"address": server.address, "private_network": True}
    account = ChannelAccount(1, "webhook", "acme", settings=settings, secrets={"secrets": SECRET})
    return WebhookNetwork(lambda: NOW), account


def _slack(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.slack import SlackNetwork
    from tests.networks.slack_server import SlackServer
    from tests.networks.teams.conftest import on_slack

    server = SlackServer(lambda: NOW)
    server.says("the note that began the thread", ts="1")
    return SlackNetwork(lambda: NOW), on_slack(server)


def _mattermost(_folder: Path) -> tuple[Channel, ChannelAccount]:
    from channels.networks.mattermost import MattermostNetwork
    from tests.networks.mattermost_server import MattermostServer
    from tests.networks.teams.conftest import on_mattermost

    server = MattermostServer(lambda: NOW)
    server.says("the note that began the thread", id="1")
    return MattermostNetwork(lambda: NOW), on_mattermost(server)


#: Networks on which no mention is read: they call us, or there are colleagues and no customers.
CALLING = {"form", "mattermost", "phone", "slack", "webhook"}
#: How a network gets something to read without an outside socket. A new network adds its line.
#: It gives the settings of its account, or the account.
STAGES: dict[str, Callable[[Path], tuple[Channel, dict[str, Any] | ChannelAccount]]] = {
    "recorded": _recorded,
    "demo": _demo,
    "mastodon": _mastodon,
    "email": _email,
    "bluesky": _bluesky,
    "x": _x,
    "discourse": _discourse,
    "facebook": _graph("facebook"),
    "instagram": _graph("instagram"),
    "feed": _feed,
    "reddit": _reddit,
    "phone": _phone,
    "slack": _slack,
    "mattermost": _mattermost,
    "webhook": _webhook,
    "form": lambda _: (networks.found()["form"], {}),
}


@pytest.fixture(params=NAMES)
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Channel, ChannelAccount]:
    return _staged(request.param, tmp_path)


@pytest.fixture(params=[name for name in NAMES if name not in CALLING])
def read_stage(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Channel, ChannelAccount]:
    """A network that is read."""
    return _staged(request.param, tmp_path)


def _staged(name: str, folder: Path) -> tuple[Channel, ChannelAccount]:
    assert name in STAGES, f"tell this contract how {name} is set up"
    channel, told = STAGES[name](folder)
    if isinstance(told, ChannelAccount):
        return channel, told
    return channel, ChannelAccount(1, channel.name, "acme", settings=told)


def reply(text: str = "Sorry!", key: str = "k1") -> Reply:
    return Reply(
        id=1, conversation_id=1, text=text, private=False, status=ReplyStatus.SENDING,
        idempotency_key=key, created_at=NOW, in_reply_to="1", thread="1", recipient="bob",
        by="ana",
    )  # fmt: skip


def sent(channel: Channel, account: ChannelAccount, one: Reply) -> str:
    """Send as the outbox does: an outage is tried again, an unknown delivery is looked for."""
    for _ in range(50):
        try:
            return channel.send(account, one)
        except ChannelUnavailableError:
            continue
        except DeliveryUnknownError:
            found = channel.find(account, one)
            if found is not None:
                return found
    raise AssertionError("the network is never there")


def read(channel: Channel, account: ChannelAccount, after: Any, pages: int) -> list[Page]:
    """Read up to so many pages, beginning again until there is one."""
    for _ in range(50):
        found: list[Page] = []
        try:
            for page in channel.fetch(account, after):
                found.append(page)
                if len(found) == pages:
                    break
        except ChannelUnavailableError:
            continue
        if found:
            return found
    return []


def test_it_is_found_under_its_own_name() -> None:
    assert all(name == channel.name for name, channel in networks.found().items())
    assert {"recorded", "demo"} <= set(NAMES)


def test_an_oversized_reply_is_refused_and_says_by_how_much(
    stage: tuple[Channel, ChannelAccount],
) -> None:
    channel, account = stage
    with pytest.raises(ReplyTooLongError, match="Shorten it by 1"):
        channel.send(account, reply("x" * (channel.reply_limit + 1)))


def test_reading_resumes_at_a_committed_position_without_loss_or_repetition(
    read_stage: tuple[Channel, ChannelAccount],
) -> None:
    # given
    channel, account = read_stage
    first = read(channel, account, None, 1)[0]

    # when
    second = read(channel, account, first.position, 1)[0]
    again = read(channel, account, first.position, 1)[0]

    # then
    before = {m.external_id for m in first.mentions}
    after = [m.external_id for m in second.mentions]
    assert before
    assert after
    assert not before & set(after)
    assert [m.external_id for m in again.mentions][: len(after)] == after


def test_mentions_of_a_page_are_oldest_first_and_in_utc(
    read_stage: tuple[Channel, ChannelAccount],
) -> None:
    channel, account = read_stage
    for page in read(channel, account, None, 3):
        moments = [mention.created_at for mention in page.mentions]
        assert moments == sorted(moments)
        assert all(moment.utcoffset() == timedelta(0) for moment in moments)


def test_the_same_reply_twice_has_one_external_id_and_is_found(
    stage: tuple[Channel, ChannelAccount],
) -> None:
    # given
    channel, account = stage
    if isinstance(channel, Restricting) and channel.chance(account, reply()).refusal:
        # Nothing can be answered there, and that is said before and after an answer is written.
        with pytest.raises(ReplyRefusedError):
            channel.send(account, reply())
        return

    # when
    first, second = sent(channel, account, reply()), sent(channel, account, reply())
    # Networks that know no keys refuse, or take for a repeat, the same words to the same mention.
    other = sent(channel, account, reply("Sorry again!", key="k2"))

    # then
    assert first == second != other
    assert channel.find(account, reply()) == first


def test_a_reply_that_was_never_sent_is_not_found(stage: tuple[Channel, ChannelAccount]) -> None:
    channel, account = stage
    found = channel.find(account, reply(key="never"))
    # On the phone sending calls nobody: what an agent said is there once it is stored.
    assert found is None or channel.name == "phone"
