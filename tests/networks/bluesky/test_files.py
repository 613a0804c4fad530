"""Replies with pictures on Bluesky: given first, and named by a record that is written once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from channels.errors import ChannelUnavailableError, ReplyRefusedError
from channels.networks.bluesky.session import Session
from tests.networks.bluesky.conftest import Stage
from tests.networks.bluesky.test_crashes import House
from tests.networks.enclosing import ALT, PNG, answers_with, enclosed, is_killed_before_it_posts


@pytest.fixture
def house(stage: Stage, database_of: Callable[[str], str]) -> Iterator[House]:
    opened = House(database_of("file"), stage)
    stage.says("where is my parcel?")
    opened.lives(1)
    yield opened
    opened.engine.close()


def posted_once(house: House) -> bool:
    (post,) = house.stage.world.ours()
    (image,) = post["record"]["embed"]["images"]
    right = (image["alt"], image["image"]["size"]) == (ALT, len(PNG))
    return house.sent_once() and right


def test_killed_between_upload_and_post(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    is_killed_before_it_posts(house, monkeypatch, Session, "tell")
    assert len(house.stage.world.blobs) == 1

    # when
    house.dies()
    house.lives(3)

    # then
    assert posted_once(house)


@pytest.mark.parametrize("kind", ["500", "500 after", "truncated", "cut", "429 bare", "nothing"])
def test_a_fault_while_uploading_has_no_effect(stage: Stage, kind: str) -> None:
    # given
    stage.server.fail(kind, "uploadBlob")
    reply = stage.reply(in_reply_to=stage.says(), files=enclosed(PNG))

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.send(reply)
    stage.send(reply)

    # then
    assert len(stage.world.ours()) == 1


def test_an_unknown_post_is_written_again_without_a_second_one(house: House) -> None:
    house.stage.server.fail("500 after", "putRecord")
    answers_with(house)
    house.lives(3)
    assert posted_once(house)
    assert house.stage.world.writes == 2  # that of the customer, and ours


def test_a_message_carries_no_pictures(stage: Stage) -> None:
    told = {"private": True, "in_reply_to": stage.says(), "files": enclosed(PNG)}
    with pytest.raises(ReplyRefusedError, match="Take them out"):
        stage.send(stage.reply(**told))


def test_a_message_may_be_longer_than_a_post(stage: Stage) -> None:
    stage.send(stage.reply("x" * 1_000, private=True, in_reply_to=stage.says()))
    assert stage.server.heard("sendMessage") == 1
