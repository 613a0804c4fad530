"""The crash matrix: whatever dies and whenever, no post is made twice and no mention is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.model import ReplyStatus
from engine import Engine
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon.house import House
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, Make

STATUSES = "/api/v1/statuses"


@pytest.fixture(params=[MASTODON, GOTOSOCIAL], ids=lambda make: make.name)
def house(
    request: pytest.FixtureRequest,
    stage_on: Callable[..., Stage],
    database_of: Callable[[str], str],
) -> Iterator[House]:
    """A house with one mention in it, on a server that minds keys and on one that does not."""
    make: Make = request.param
    opened = House(database_of("file"), stage_on(make))
    opened.stage.says("where is my parcel?")
    opened.lives(1)
    assert len(opened.read()) == 1
    yield opened
    opened.engine.close()


def posted_once(house: House) -> bool:
    """Tell whether there is one post of ours, and the reply knows it."""
    reply = house.conversations.reply(1)
    ids = [post["id"] for post in house.stage.world.by_us()]
    return reply.status is ReplyStatus.SENT and ids == [reply.external_id]


# ---- replies


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_call(house: House, when: str) -> None:
    # given
    house.network.dies = when
    house.answers()
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()

    # when
    house.dies()
    house.lives(5)

    # then
    assert posted_once(house)


def test_killed_after_the_call_and_not_begun_again_for_hours(house: House) -> None:
    # given: no server remembers the key any more
    house.network.dies = "after"
    house.answers()
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()

    # when
    house.clock.passes(hours=5)
    house.dies()
    house.lives(5)

    # then
    assert posted_once(house)


def test_killed_between_two_looks_for_what_became_of_it(house: House) -> None:
    # given
    house.stage.server.fail("500", "POST", STATUSES)
    house.answers()
    house.outbox.work()
    house.lives(0.5)

    # when
    house.dies()
    house.lives(5)

    # then
    assert posted_once(house)


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_call_of_the_second_of_two_replies_with_the_same_words(
    house: House, when: str
) -> None:
    # given: the first is out, and only the database knows which post it is
    house.answers()
    house.lives(1)
    house.dies()
    house.network.dies = when
    house.answers()
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()

    # when
    house.dies()
    house.lives(6)

    # then: each is a post of its own
    known = [post for post in house.conversations.conversation(1).posts if post.kind == "reply"]
    assert [one.status for one in known] == [ReplyStatus.SENT] * 2
    assert [one.external_id for one in known] == [one["id"] for one in house.stage.world.by_us()]


def test_two_with_the_same_words_of_which_nobody_knows_are_told_apart(house: House) -> None:
    # given: both are out, in conversations of two posts that were deleted, and nobody heard of it
    house.stage.says("and mine?")
    house.lives(1)
    house.network.dies = "after"
    for conversation in (1, 2):
        house.answers(conversation=conversation)
        with pytest.raises(KeyboardInterrupt):
            house.outbox.work()
        house.network.dies = "after"
    for post in house.stage.world.by_us():
        post["in_reply_to_id"] = None

    # when
    house.dies()
    house.lives(6)

    # then
    known = [house.conversations.reply(id) for id in (1, 2)]
    assert [one.status for one in known] == [ReplyStatus.SENT] * 2
    assert {one.external_id for one in known} == {one["id"] for one in house.stage.world.by_us()}
    assert len(house.stage.world.by_us()) == 2


def test_down_for_ten_minutes_while_a_reply_waits(house: House) -> None:
    # given
    house.stage.server.down()
    house.answers()
    house.lives(10)
    assert house.conversations.reply(1).status is ReplyStatus.RETRYABLE

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert posted_once(house)


def test_down_right_after_a_post_of_which_we_heard_nothing(house: House) -> None:
    # given
    house.stage.server.fail("reset after", "POST", STATUSES)
    house.answers()
    house.outbox.work()
    house.stage.server.down()
    house.lives(1)

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert posted_once(house)


def test_answered_too_late(house: House) -> None:
    # given
    house.network._silence = 0.5
    house.network._servers.clear()
    house.stage.server.fail("silence", "POST", STATUSES)
    house.answers()
    house.outbox.work()
    assert house.conversations.reply(1).status is ReplyStatus.UNKNOWN

    # when
    house.lives(3)

    # then
    assert posted_once(house)


@pytest.mark.parametrize("kind", ["500", "500 after", "reset", "truncated", "cut", "429 bare"])
def test_a_fault_while_posting(house: House, kind: str) -> None:
    house.stage.server.fail(kind, "POST", STATUSES)
    house.answers()
    house.lives(5)
    assert posted_once(house)


# ---- mentions


def test_killed_before_a_page_is_committed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    house.stage.says("hello?")

    def killed(_engine: Engine, *_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as at_work:
        at_work.setattr(Engine, "correlate_all", killed)
        house.clock.passes(minutes=2)
        with pytest.raises(KeyboardInterrupt):
            house.poller.work()

    # when
    house.dies()
    house.lives(2)

    # then
    assert house.read() == ["@acme where is my parcel?", "@acme hello?"]


def test_down_for_ten_minutes_while_customers_write(house: House) -> None:
    # given
    house.stage.server.down()
    for n in range(100):
        house.stage.says(f"number {n}")
    house.lives(10)

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert house.read()[1:] == [f"@acme number {n}" for n in range(100)]
