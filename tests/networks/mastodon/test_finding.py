"""Replies of unknown fate: found among our own posts, or certainly not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from channels.errors import ChannelUnavailableError, DeliveryUnknownError
from channels.model import Reply
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, TAKAHE, Make

TEXTS = [
    "Sorry!",
    "See https://acme.example/orders/1234567890?a=1&b=2 & tell us, #thanks",
    "Two\n\nparagraphs, one\nbroken <line>",
    "🙏🙏",
    "*Very* sorry… “quoted” — and @bob again",
]


def lost(stage: Stage, text: str = "Sorry!", **more: object) -> Reply:
    """Send a reply whose answer is lost, and return it; the process dies after it."""
    reply = stage.reply(text, in_reply_to=stage.says("hello"), **more)
    stage.server.fail("reset after", "POST", "/api/v1/statuses")
    with pytest.raises(DeliveryUnknownError):
        stage.network.send(stage.account, reply)
    stage.restarted()
    return reply


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("make", [MASTODON, GOTOSOCIAL, TAKAHE], ids=lambda make: make.name)
def test_a_post_whose_answer_was_lost_is_found_whatever_became_of_its_text(
    stage_on: Callable[..., Stage], make: Make, text: str
) -> None:
    stage = stage_on(make)
    reply = lost(stage, text)
    assert stage.network.find(stage.account, reply) == stage.world.by_us()[-1]["id"]


def test_a_private_reply_is_found(stage: Stage) -> None:
    reply = lost(stage, private=True)
    assert stage.network.find(stage.account, reply) is not None


def test_a_reply_is_found_although_the_mention_was_deleted_since(stage: Stage) -> None:
    reply = lost(stage)
    stage.world.delete(reply.in_reply_to or "")
    assert stage.network.find(stage.account, reply) is not None


def test_a_reply_that_never_arrived_is_not_found(stage: Stage) -> None:
    # given: the same words to others, and other words to the same
    mention = stage.says("hello")
    stage.world.post("acme", "@bob@other.example Sorry!", to=stage.says("another"))
    stage.world.post("acme", "@bob@other.example Soon!", to=mention)

    # then
    assert stage.network.find(stage.account, stage.reply(in_reply_to=mention)) is None


def test_a_reply_that_could_not_be_posted_was_not(stage: Stage) -> None:
    reply = stage.reply("@carol@third.example", private=True, in_reply_to="1")
    assert stage.network.find(stage.account, reply) is None


def test_it_is_found_among_many_posts_since(stage: Stage) -> None:
    # given
    reply = lost(stage)
    for n in range(150):
        stage.clock.passes(seconds=1)
        stage.world.post("acme", f"number {n}")

    # then
    assert stage.network.find(stage.account, reply) is not None


def test_the_search_ends_where_the_reply_began(stage: Stage) -> None:
    # given
    for n in range(300):
        stage.world.post("acme", f"number {n}")
    stage.clock.passes(hours=1)
    reply = stage.reply(in_reply_to=stage.says("hello"))

    # when
    found = stage.network.find(stage.account, reply)

    # then
    assert found is None
    assert stage.server.heard("GET", "/api/v1/accounts/100/statuses") == 1


def test_nobody_can_tell_among_too_many_posts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("channels.networks.mastodon.finding.PAGES", 2)
    reply = stage.reply(in_reply_to=stage.says("hello"))
    for n in range(100):
        stage.world.post("acme", f"number {n}")

    # then
    with pytest.raises(ChannelUnavailableError, match="too many"):
        stage.network.find(stage.account, reply)


def test_a_clock_of_the_server_that_is_wrong_by_hours_changes_nothing(stage: Stage) -> None:
    # given: by its clock the post was made long before we wrote it
    ours = stage.clock.present
    stage.world.clock = lambda: stage.clock.present.replace(hour=3)
    reply = lost(stage, created_at=ours)
    for n in range(90):
        stage.world.post("acme", f"number {n}")

    # then
    assert stage.network.find(stage.account, reply) is not None


def test_a_second_reply_of_the_same_words_is_not_taken_for_the_first(stage: Stage) -> None:
    # given: both to one mention; the second never arrives
    mention = stage.says("hello")
    first = stage.network.send(stage.account, stage.reply(in_reply_to=mention))
    second = stage.reply(in_reply_to=mention, idempotency_key="key-2")

    # then
    assert stage.network.find(stage.account, stage.reply(in_reply_to=mention)) == first
    assert stage.network.find(stage.account, second) is None


@pytest.mark.parametrize("kind", ["500", "429", "no json"])
def test_a_server_in_trouble_cannot_tell(stage: Stage, kind: str) -> None:
    reply = lost(stage)
    stage.server.fail(kind, path="/api/v1/accounts")
    with pytest.raises(ChannelUnavailableError):
        stage.network.find(stage.account, reply)
    assert stage.network.find(stage.account, reply) is not None


def test_posts_nobody_can_read_may_be_the_one(stage: Stage) -> None:
    reply = lost(stage)
    stage.world.by_us()[0]["created_at"] = "once"
    with pytest.raises(ChannelUnavailableError, match="cannot be read"):
        stage.network.find(stage.account, reply)
