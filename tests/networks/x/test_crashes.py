"""The crash matrix of X: whatever dies and whenever, nothing is posted twice or lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.model import ReplyStatus
from tests.networks.x.conftest import Stage
from tests.networks.x.house import House

#: The customer writes all in one thread: one conversation holds what was read.
MANY = 130


@pytest.fixture
def house(stage: Stage, database_of: Callable[[str], str]) -> Iterator[House]:
    opened = House(database_of("file"), stage)
    opened.first = stage.says("where is my parcel?")  # type: ignore[attr-defined]
    opened.lives(1)
    yield opened
    opened.engine.close()


def writes(house: House, text: str) -> str:
    house.clock.passes(seconds=1)
    return house.stage.world.post("bob", f"@acme {text}", answers=house.first)  # type: ignore[attr-defined]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_call(house: House, when: str) -> None:
    # given
    house.network.dies = when
    house.answers()
    with pytest.raises(KeyboardInterrupt):
        house.outbox.work()

    # when
    house.is_killed()
    house.lives(5)

    # then
    assert house.is_answered_once()


@pytest.mark.parametrize("fault", ["late", "500 after", "500 before", "gone after", "gone before",
                                   "cut", "garbled", "429 bare"])  # fmt: skip
def test_an_answer_that_is_late_or_lost(house: House, fault: str) -> None:
    # given
    house.stage.server.fails(fault, "POST")
    if fault == "late":
        house.engine.close()
        house.begin(silence=0.5)

    # when
    house.answers()
    house.lives(5)

    # then
    assert house.is_answered_once()


def test_killed_while_nobody_knows_whether_it_went_out(house: House) -> None:
    # given
    house.stage.server.fails("gone after", "POST")
    house.stage.server.fails("500 before", "/tweets?", times=2)
    house.answers()
    house.outbox.work()

    # when
    house.is_killed()
    house.lives(5)

    # then
    assert house.is_answered_once()


def test_away_for_ten_minutes(house: House) -> None:
    # given
    house.stage.server.down()
    house.answers()
    texts = [f"@acme still waiting {number}" for number in range(3)]
    for number in range(3):
        writes(house, f"still waiting {number}")
        house.lives(3.5)
    waiting = house.conversations.reply(1).status

    # when
    house.stage.server.up()
    house.lives(10)

    # then
    assert waiting in {ReplyStatus.RETRYABLE, ReplyStatus.UNKNOWN}
    assert house.is_answered_once()
    assert house.mentions() == ["@acme where is my parcel?", *texts]


@pytest.mark.parametrize("when", ["with a page", "after a page"])
def test_killed_while_reading(house: House, when: str) -> None:
    # given
    for number in range(MANY):
        writes(house, f"{number}")
    house.network.dies = when
    house.clock.passes(minutes=1)
    with pytest.raises(KeyboardInterrupt):
        house.poller.work()

    # when
    house.is_killed()
    house.lives(2)

    # then
    assert house.mentions()[1:] == [f"@acme {number}" for number in range(MANY)]
    assert house.conversations.cost_of(1) == {"mention": (MANY + 1) * 1_000}
