"""The stream of a server wakes; reading finds what is new."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from tests.networks.mastodon.conftest import Stage

STREAM = "/api/v1/streaming"
#: Seconds to wait for something that happens at once unless it is broken.
SOON = 20.0


class Line:
    """Somebody who listens in a thread, as the product does."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.woken = threading.Semaphore(0)
        self.ended = threading.Event()
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self) -> None:
        try:
            self.stage.network.listen(self.stage.account, self.woken.release, self.ended)
        except (ChannelUnavailableError, ChannelRefusedError) as error:
            self.error = error

    def wakes(self) -> bool:
        return self.woken.acquire(timeout=SOON)

    def is_quiet(self) -> bool:
        return not self.woken.acquire(blocking=False)

    def ends(self) -> bool:
        self.ended.set()
        self.thread.join(SOON)
        return not self.thread.is_alive()


@pytest.fixture
def line(stage: Stage) -> Iterator[Line]:
    """Somebody who listens, and was woken for the first time: the line stands."""
    stage.says("first of all")
    stage.look()
    opened = Line(stage)
    assert opened.wakes()
    yield opened
    assert opened.ends()


def test_a_mention_wakes_and_is_read(stage: Stage, line: Line) -> None:
    wanted = stage.says("hello")
    assert line.wakes()
    assert [one.external_id for one in stage.mentions()] == [wanted]


def test_favourites_and_the_posts_of_others_wake_nobody(stage: Stage, line: Line) -> None:
    # given
    stage.world.notify("favourite", stage.world.post("acme", "We are great"))
    stage.world.stream("update", "{}")
    stage.world.stream("filters_changed", "undefined")
    stage.world.stream("delete", "of-somebody-else")

    # when: what comes after them has been heard
    stage.says("hello")

    # then
    assert line.wakes()
    assert line.is_quiet()


@pytest.mark.parametrize("edited", [True, False])
def test_a_change_to_a_mention_is_looked_at_without_waiting(
    stage: Stage, line: Line, edited: bool
) -> None:
    # given
    id = stage.says("angry")
    assert line.wakes()
    stage.look()

    # when
    stage.clock.passes(seconds=1)
    stage.world.edit(id, "@acme calm") if edited else stage.world.delete(id)
    assert line.wakes()
    pages = stage.look()

    # then
    assert [edit.text for page in pages for edit in page.edits] == ["@acme calm"] * edited
    assert [gone for page in pages for gone in page.deletions] == [id] * (not edited)


def test_a_line_that_stands_ends_when_it_is_told_to(line: Line) -> None:
    assert line.ends()
    assert line.error is None


def test_a_line_that_breaks_says_so(stage: Stage, line: Line) -> None:
    stage.server.cut_streams()
    line.thread.join(SOON)
    assert isinstance(line.error, ChannelUnavailableError)


@pytest.mark.parametrize(
    ("kind", "more", "what"),
    [
        ("429", {}, ChannelUnavailableError),
        ("500", {}, ChannelUnavailableError),
        ("reset", {}, ChannelUnavailableError),
        ("status", {"code": 404}, ChannelRefusedError),
        ("status", {"code": 401}, ChannelRefusedError),
        ("no json", {}, ChannelRefusedError),
    ],
)
def test_a_line_that_cannot_be_had_is_done_without(
    stage: Stage, kind: str, more: dict[str, int], what: type[Exception]
) -> None:
    stage.server.fail(kind, path=STREAM, **more)
    line = Line(stage)
    line.thread.join(SOON)
    assert type(line.error) is what
