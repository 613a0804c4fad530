"""The crash matrix of forums."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.networks.discourse import DiscourseNetwork
from tests.networks.crashing import Crashes, House, Scene
from tests.networks.discourse.conftest import Stage


class ForumScene(Scene):
    def __init__(self, house: House, stage: Stage) -> None:
        super().__init__(house)
        self.stage, self.server = stage, stage.forum

    def says(self, text: str) -> str:
        self.stage.says(f"Acme Bank: {text}")
        return f"Acme Bank: {text}"

    def ours(self) -> list[str]:
        return [str(one.id) for one in self.stage.forum.by_us()]


@pytest.fixture
def scene(stage: Stage, database_of: Callable[[str], str]) -> Iterator[Scene]:
    house = House(database_of("file"), stage.clock, stage.account, DiscourseNetwork)
    made = ForumScene(house, stage)
    stage.says("a word to begin with", "eve")
    made.says("where is my parcel?")
    house.lives(1)
    assert len(house.mentions()) == 1
    yield made
    house.engine.close()


class TestForum(Crashes):
    """Each way to die, in a forum."""
