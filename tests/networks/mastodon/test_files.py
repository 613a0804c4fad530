"""Replies with files: given to the server first, and named by one post."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from channels import networks
from channels.errors import ChannelUnavailableError, ReplyRefusedError
from channels.model import ReplyStatus
from channels.networks.mastodon import MastodonNetwork
from channels.networks.mastodon.server import Server
from tests.networks.enclosing import (
    ALT,
    PNG,
    answers_with,
    enclosed,
    is_killed_before_it_posts,
    status_of,
)
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon.house import House
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, Make

MEDIA, STATUSES = "/api/v2/media", "/api/v1/statuses"


@pytest.fixture(params=[MASTODON, GOTOSOCIAL], ids=lambda make: make.name)
def house(
    request: pytest.FixtureRequest,
    stage_on: Callable[..., Stage],
    database_of: Callable[[str], str],
) -> Iterator[House]:
    opened = House(database_of("file"), stage_on(request.param))
    opened.stage.says("where is my parcel?")
    opened.lives(1)
    yield opened
    opened.engine.close()


def posted_once(house: House) -> bool:
    ours = house.stage.world.by_us()
    shown = [one["description"] for post in ours for one in post["media_attachments"]]
    return status_of(house) is ReplyStatus.SENT and len(ours) == 1 and shown == [ALT]


def test_killed_between_upload_and_post(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    is_killed_before_it_posts(house, monkeypatch, Server, "post")
    assert len(house.stage.world.media) == 1

    # when
    house.dies()
    house.lives(3)

    # then
    assert posted_once(house)
    assert {(one["type"], one["size"]) for one in house.stage.world.media.values()} == {
        ("image/png", len(PNG))
    }


@pytest.mark.parametrize("kind", ["500", "500 after", "reset", "truncated", "cut", "429 bare"])
def test_a_fault_while_uploading_has_no_effect(stage: Stage, kind: str) -> None:
    # given
    stage.server.fail(kind, "POST", MEDIA)
    reply = replace(stage.reply(), in_reply_to=stage.says("hello"), files=enclosed(PNG))

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.network.send(stage.account, reply)
    stage.network.send(stage.account, reply)

    # then
    assert [len(post["media_attachments"]) for post in stage.world.by_us()] == [1]


def test_a_fault_while_posting(house: House) -> None:
    house.stage.server.fail("500 after", "POST", STATUSES)
    answers_with(house)
    house.lives(3)
    assert posted_once(house)


def test_it_waits_until_a_file_is_ready_and_goes_on_from_there(stage: Stage) -> None:
    # given: the second picture takes longer than an attempt
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            raise ChannelUnavailableError("The attempt is over.")

    stage.network = MastodonNetwork(stage.clock.now, pause=pause)
    stage.world.slow = 3
    reply = replace(stage.reply(), in_reply_to=stage.says("hello"), files=enclosed(PNG, PNG + b"2"))

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.network.send(stage.account, reply)
    stage.network.send(stage.account, reply)

    # then
    assert stage.server.heard("POST", MEDIA) == 2
    assert [len(post["media_attachments"]) for post in stage.world.by_us()] == [2]


def test_a_server_that_knows_only_the_older_way_is_told_in_that(
    stage_on: Callable[..., Stage],
) -> None:
    stage = stage_on(Make(media="v1"))
    stage.network.send(stage.account, replace(stage.reply(), files=enclosed(PNG)))
    assert len(stage.world.by_us()[0]["media_attachments"]) == 1


def test_a_file_that_the_server_does_not_take_refuses_the_reply(
    stage_on: Callable[..., Stage],
) -> None:
    stage = stage_on(Make(types=("image/jpeg",)))
    with pytest.raises(ReplyRefusedError, match="content type is invalid"):
        stage.network.send(stage.account, replace(stage.reply(), files=enclosed(PNG)))
    assert stage.posted() == []


def test_what_the_server_says_about_files_is_what_is_checked(
    stage_on: Callable[..., Stage],
) -> None:
    # given
    stage = stage_on(Make(types=("image/jpeg", "audio/ogg")))

    # when
    stage.look()

    # then
    broken = networks.broken_by(stage.network, stage.account, enclosed(PNG), private=False)
    assert [str(one) for one in broken] == [
        "1.png is PNG; Mastodon carries pictures alone. Take it out."
    ]
