"""The crash matrix of the Graph API: comments on both networks, and messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.networks.crashing import Crashes, House, Scene
from tests.networks.graph.conftest import NETWORKS, Stage


class CommentScene(Scene):
    """A customer comments, and goes on below their own comment."""

    posting = "POST"

    def __init__(self, house: House, stage: Stage) -> None:
        super().__init__(house)
        self.stage, self.server = stage, stage.server
        self.first: str | None = None

    def says(self, text: str) -> str:
        id = self.stage.says(text, to=self.first)
        self.first = self.first or id
        return text

    def ours(self) -> list[str]:
        return [one.id for one in self.stage.server.by_us()]


class MessageScene(CommentScene):
    """A customer writes messages."""

    def says(self, text: str) -> str:
        self.stage.writes(text)
        return text

    def ours(self) -> list[str]:
        return [f"dm/{one.person}/{one.id}" for one in self.stage.server.sent()]


@pytest.fixture
def begun(
    stage_on: Callable[..., Stage], database_of: Callable[[str], str]
) -> Iterator[Callable[[str, type[CommentScene]], Scene]]:
    """Begin a scene on a network, in which the customer has written once."""
    houses: list[House] = []

    def begin(kind: str, scene: type[CommentScene]) -> Scene:
        stage = stage_on(kind)
        url, network = database_of("file"), NETWORKS[kind]
        # Not looked at every few seconds: what is tested here needs no more.
        settings = {**stage.account.settings, "poll_seconds": [30, 60]}
        account = replace(stage.account, settings=settings)
        house = House(url, stage.clock, account, network)  # type: ignore[arg-type]
        houses.append(house)
        made = scene(house, stage)
        made.says("where is my parcel?")
        house.lives(1)
        assert len(house.mentions()) == 1
        return made

    yield begin
    for house in houses:
        house.engine.close()


@pytest.fixture
def scene(begun: Callable[..., Scene]) -> Scene:
    return begun("facebook", CommentScene)


class TestComments(Crashes):
    """Each way to die, while comments on Facebook are read and answered."""


@pytest.mark.parametrize("fault", ["killed", "gone after"])
@pytest.mark.parametrize(
    ("kind", "scenery"), [("instagram", CommentScene), ("instagram", MessageScene)]
)
def test_an_answer_of_which_nobody_heard(
    begun: Callable[..., Scene], kind: str, scenery: type[CommentScene], fault: str
) -> None:
    # given
    scene = begun(kind, scenery)
    if fault == "killed":
        scene.house.network.dies = "after"
        scene.house.answers()
        with pytest.raises(KeyboardInterrupt):
            scene.house.outbox.work()
        scene.house.is_killed()
    else:
        scene.server.fails(fault, scene.posting)
        scene.house.answers()

    # when
    scene.house.lives(3)

    # then
    assert scene.is_answered_once()


def test_messages_are_read_again_by_whoever_comes_after_one_that_died(
    begun: Callable[..., Scene],
) -> None:
    # given
    scene = begun("facebook", MessageScene)
    texts = [scene.says(f"number {number}") for number in range(15)]
    scene.house.network.dies = "after a page"
    scene.house.clock.passes(minutes=1)
    with pytest.raises(KeyboardInterrupt):
        scene.house.poller.work()

    # when
    scene.house.is_killed()
    scene.house.lives(1)

    # then
    assert scene.house.mentions()[1:] == texts
