"""A complaint on X becomes a case, is answered, goes on, and has its price."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.model import ReplyStatus
from tests.networks.x.conftest import Stage
from tests.networks.x.house import House


@pytest.fixture
def opens(stage: Stage, database_of: Callable[[str], str]) -> Iterator[Callable[..., House]]:
    opened: list[House] = []

    def make(**settings: object) -> House:
        opened.append(House(database_of("file"), stage, **settings))
        return opened[-1]

    yield make
    for one in opened:
        one.engine.close()


def test_a_complaint_becomes_a_case_that_its_author_continues(
    opens: Callable[..., House], stage: Stage
) -> None:
    # given
    house = opens()
    mention = stage.says("where is my parcel?")
    house.lives(1)

    # when
    house.answers("It is on its way.")
    house.lives(1)
    [ours] = stage.world.own()
    stage.world.post("bob", "It is not.", answers=str(ours.id))
    house.lives(1)

    # then
    assert ours.refers == (("replied_to", int(mention)),)
    assert house.mentions() == ["@acme where is my parcel?", "@acme It is not."]
    instances = {task.instance_id for task in house.engine.user_tasks()}
    assert len(instances) == 1
    assert house.conversations.cost_of(1) == {"mention": 2_000, "reply": 10_000}
    spent = house.state().spent
    assert spent is not None
    assert (spent.day, spent.by_kind["user_read"]) == (22_000, 10_000)


def test_what_a_search_found_starts_a_case_and_is_answered_once_it_names_us(
    opens: Callable[..., House], stage: Stage
) -> None:
    # given
    house = opens(search="acme bank")
    house.lives(1)
    stage.clock.passes(seconds=1)
    post = stage.world.post("bob", "acme bank lost my money")
    house.lives(1)

    # when
    house.answers("Sorry to hear that.")
    house.lives(1)
    refused = house.conversations.reply(1)
    stage.world.post("bob", "@acme what now?", answers=post)
    house.lives(1)
    house.answers("We look into it.")
    house.lives(1)

    # then
    posts = house.conversations.conversation(1).posts
    assert [post.answerable for post in posts if post.kind == "mention"] == [False, True]
    assert refused.status is ReplyStatus.REFUSED
    assert refused.error is not None
    assert "found by a search" in refused.error
    assert [one["text"] for one in stage.world.asked] == ["We look into it."]
    assert house.conversations.reply(2).status is ReplyStatus.SENT


def test_a_budget_stops_reading_until_the_next_day_and_replies_go_out(
    opens: Callable[..., House], stage: Stage
) -> None:
    # given
    house = opens(budget_day=0.03)
    stage.says("first")
    house.lives(1)
    for number in range(20):
        stage.says(f"more {number}")
    house.lives(1)

    # when
    house.answers()
    house.lives(15)
    stopped = house.state()
    stage.clock.passes(hours=15)
    house.lives(2)

    # then
    assert stopped.alarm is not None
    assert "budget" in stopped.alarm
    assert stopped.spent is not None
    assert stopped.spent.day == 10_000 + 1_000 + 10_000
    assert stage.world.texts() == ["Sorry!"]
    assert house.state().alarm is None
    assert sum(len(house.mentions(id)) for id in range(1, 22)) == 21


def test_the_same_words_twice_are_one_post_and_one_refusal(
    opens: Callable[..., House], stage: Stage
) -> None:
    # given
    house = opens()
    stage.says("where is my parcel?")
    house.lives(1)

    # when
    house.answers("We look into it.")
    house.lives(1)
    house.answers("We look into it.")
    house.lives(2)

    # then
    assert stage.world.texts() == ["We look into it."]
    first, second = house.conversations.reply(1), house.conversations.reply(2)
    assert (first.status, second.status) == (ReplyStatus.SENT, ReplyStatus.REFUSED)
    assert second.error is not None
    assert "Word it differently" in second.error
