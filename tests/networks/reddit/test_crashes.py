"""The crash matrix of Reddit, and the whole road of a complaint on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.networks.reddit import RedditNetwork
from tests.networks.crashing import Crashes, House, Scene
from tests.networks.reddit.conftest import Stage


class RedditScene(Scene):
    posting = "POST /api/comment"

    def __init__(self, house: House, stage: Stage) -> None:
        super().__init__(house)
        self.stage, self.server = stage, stage.server

    def says(self, text: str) -> str:
        self.stage.says(f"u/acme {text}")
        return f"u/acme {text}"

    def ours(self) -> list[str]:
        return [one.name for one in self.stage.server.by_us()]


@pytest.fixture
def scene(stage: Stage, database_of: Callable[[str], str]) -> Iterator[Scene]:
    house = House(database_of("file"), stage.clock, stage.account, RedditNetwork)
    made = RedditScene(house, stage)
    made.says("where is my parcel?")
    house.lives(1)
    assert len(house.mentions()) == 1
    yield made
    house.engine.close()


class TestReddit(Crashes):
    """Each way to die, on Reddit."""


def test_a_complaint_is_answered_once_and_goes_on_in_private_in_the_same_instance(
    stage: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    house = House(database_of("file"), stage.clock, stage.account, RedditNetwork)
    stage.says("u/acme where is my parcel?")
    house.lives(1)

    # when
    house.answers("Sorry! Details in private.")
    house.answers("What is your number?", private=True)
    house.lives(1)
    (public,) = stage.server.by_us()
    (private,) = stage.server.by_us("t4")
    stage.writes("It is 4711.", parent=private.name, first=private.name)
    stage.says("Thank you!", to=public)
    house.lives(2)

    # then
    assert private.to == "bob"
    assert sorted(house.mentions()) == ["It is 4711.", "Thank you!", "u/acme where is my parcel?"]
    assert len({task.instance_id for task in house.engine.user_tasks()}) == 1
    house.engine.close()
