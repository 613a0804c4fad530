"""Replies with files on X: given first, in one piece or in many, and named by one post."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.errors import ChannelUnavailableError, ReplyRefusedError
from channels.networks.x import XNetwork, uploading
from channels.networks.x.wire import Wire
from tests.networks.enclosing import (
    ALT,
    GIF,
    PNG,
    answers_with,
    enclosed,
    is_killed_before_it_posts,
)
from tests.networks.x.conftest import Stage
from tests.networks.x.house import House


@pytest.fixture
def house(stage: Stage, database_of: Callable[[str], str]) -> Iterator[House]:
    opened = House(database_of("file"), stage)
    stage.says("where is my parcel?")
    opened.lives(1)
    yield opened
    opened.engine.close()


def posted_once(house: House, content: bytes = PNG) -> bool:
    ours = house.stage.world.own()
    shown = [(one["content"], one["alt"]) for post in ours for one in post.files]
    return house.is_answered_once() and shown == [(content, ALT)]


@pytest.mark.parametrize("content", [PNG, GIF])
def test_a_file_goes_out_with_its_description(house: House, content: bytes) -> None:
    answers_with(house, content)
    house.lives(1)
    assert posted_once(house, content)


def test_killed_between_upload_and_post(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    is_killed_before_it_posts(house, monkeypatch, Wire, "do")
    assert len(house.stage.world.media.files) == 1

    # when
    house.is_killed()
    house.lives(3)

    # then
    assert posted_once(house)


@pytest.mark.parametrize("fault", ["500 after", "gone after", "cut", "429 bare"])
def test_a_fault_while_uploading_has_no_effect(stage: Stage, fault: str) -> None:
    # given
    stage.server.fails(fault, "POST /2/media/upload")
    reply = stage.reply(stage.says("hello"), files=enclosed(PNG))

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.send(reply)
    stage.send(reply)

    # then
    assert [len(post.files) for post in stage.world.own()] == [1]


def test_a_post_of_which_nobody_heard_is_found_though_a_link_to_its_files_is_behind_it(
    house: House,
) -> None:
    house.stage.server.fails("gone after", "POST /2/tweets")
    answers_with(house)
    house.lives(3)
    assert posted_once(house)


def test_a_large_film_goes_in_pieces_and_on_from_the_last_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(uploading, "PIECE", 12)
    stage.world.media.slow = 3
    stage.network = XNetwork(stage.clock.now, pause=lambda _: None)
    stage.server.fails("500 before", "/finalize")
    reply = stage.reply(stage.says("hello"), files=enclosed(GIF))

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.send(reply)
    stage.send(reply)

    # then
    assert len(stage.server.asked("/append")) == 3
    (file,) = stage.world.media.files.values()
    assert (file["content"], file["category"], file["used"]) == (GIF, "tweet_gif", True)


@pytest.mark.parametrize(
    ("ends", "wait", "error"),
    [("failed", 1, ReplyRefusedError), ("succeeded", 60, ChannelUnavailableError)],
)
def test_a_film_that_x_cannot_read_or_has_not_ready_is_not_posted(
    stage: Stage, ends: str, wait: int, error: type[Exception]
) -> None:
    stage.network = XNetwork(stage.clock.now, pause=lambda _: None)
    stage.world.media.slow, stage.world.media.ends, stage.world.media.wait = 2, ends, wait
    with pytest.raises(error):
        stage.send(stage.reply(stage.says("hello"), files=enclosed(GIF)))
    assert stage.world.texts() == []


def test_a_private_answer_may_be_long_and_bears_a_picture(stage: Stage) -> None:
    # given
    stage.world.message("bob", "hello")
    text = "A long answer. " * 60
    reply = stage.reply(None, text, private=True, thread="dm:100-200", files=enclosed(PNG))

    # when
    id = stage.send(reply)

    # then
    assert [one["category"] for one in stage.world.media.files.values()] == ["dm_image"]
    assert stage.find(reply) == id
