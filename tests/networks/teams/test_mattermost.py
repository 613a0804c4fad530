"""Mattermost: what is posted and read there, and what its webhook is good for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.networks import mattermost as module
from channels.networks.mattermost import MattermostNetwork
from channels.protocol import Call
from tests.channels.conftest import FakeClock
from tests.networks.mattermost_server import HOOK, MattermostServer
from tests.networks.stand_in import Told
from tests.networks.teams.conftest import on_mattermost


class Desk:
    """The network over one server, and an account with its position."""

    def __init__(self, server: MattermostServer, clock: FakeClock) -> None:
        self.server, self.clock = server, clock
        self.account: ChannelAccount = on_mattermost(server)
        self.network = MattermostNetwork(clock.now)

    def note(self, text: str = "Who knows?", thread: str = "", key: str = "k1") -> Reply:
        return Reply(
            1, 1, text, private=True, status=ReplyStatus.SENDING, idempotency_key=key,
            created_at=self.clock.now(), thread=thread, by="ana",
        )  # fmt: skip

    def send(self, *args: Any, **more: Any) -> str:
        return self.network.send(self.account, self.note(*args, **more))

    def look(self) -> Page:
        (page,) = self.network.fetch(self.account, self.account.position)
        self.account = replace(self.account, position=page.position)
        return page

    def heard(self) -> list[tuple[str, str]]:
        return [(one.author, one.text) for one in self.look().remarks]


@pytest.fixture
def desk(mattermost: MattermostServer, clock: FakeClock) -> Desk:
    return Desk(mattermost, clock)


def test_a_note_calls_nobody_who_is_not_meant(desk: Desk) -> None:
    desk.send("ana on @all: @Channel, @here and @sam")
    assert desk.server.posts[0]["message"] == (
        "ana on @\u200ball: @\u200bChannel, @\u200bhere and @sam"
    )


def test_only_what_people_say_in_threads_is_read_once_and_in_order(desk: Desk) -> None:
    # given
    desk.server.says("from before", desk.server.says("old"))
    assert desk.look().remarks == ()
    first = desk.send()

    # when
    desk.server.says("I do.", first)
    desk.server.says("so do I", first, "u-kim")
    desk.server.says("joined", first, type="system_join_channel")
    desk.server.says("by a program", first, props={"from_webhook": "true"})
    desk.server.says("taken back", first, delete_at=7)
    desk.server.says("Lunch?")
    desk.send("more", thread=first, key="k2")

    # then
    assert desk.heard() == [("Sam Gamgee", "I do."), ("kim", "so do I")]
    assert desk.heard() == []
    desk.server.says("later", first, "u-gone")
    assert desk.heard() == [("u-gone", "later")]


def test_two_answers_of_one_moment_are_both_read_though_one_is_seen_late(desk: Desk) -> None:
    # given
    desk.look()
    first = desk.send()
    moment = desk.server.posts[0]["create_at"] + 500
    stamps = {"create_at": moment, "update_at": moment + 1}
    desk.server.says("one", first, **stamps)
    assert desk.heard() == [("Sam Gamgee", "one")]

    # when
    desk.server.says("two", first, **stamps)

    # then
    assert desk.heard() == [("Sam Gamgee", "two")]
    assert desk.heard() == []


def test_answers_that_are_changed_or_deleted_are_found_by_their_moments(desk: Desk) -> None:
    # given
    desk.look()
    first = desk.send()
    kept, gone = desk.server.says("I do.", first), desk.server.says("So do I.", first)
    outside = desk.server.says("Lunch?")
    assert len(desk.look().remarks) == 2
    desk.clock.passes(minutes=1)

    # when
    desk.server.changes(kept, message="I did.")
    desk.server.changes(gone)
    desk.server.changes(outside, message="Supper?")
    page = desk.look()

    # then
    assert page.remarks == ()
    (edit,) = page.edits
    assert (edit.external_id, edit.text, edit.at) == (kept, "I did.", desk.clock.now())
    assert page.deletions == (gone,)

    # and: what was told is told no more once something else has happened
    for text in ("Oh!", "Ah!"):
        desk.clock.passes(minutes=1)
        desk.server.changes(desk.server.says("Oh.", first), message=text)
        found = [one.text for one in desk.look().edits]
    assert found == ["Ah!"]


def test_more_than_the_server_lists_is_shown_as_a_gap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(module, "MOST", 3)
    desk.server.most = 3
    desk.look()
    for number in range(5):
        desk.server.says(f"chatter {number}")

    # when, then
    gap = desk.look().gap
    assert gap is not None
    assert "More than 3 posts" in gap.why
    with pytest.raises(ChannelUnavailableError, match="more than"):
        desk.network.find(desk.account, desk.note(key="never"))


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Told(400, {"message": "too long"}), ReplyRefusedError),
        (Told(403, {"message": "no permission"}), ChannelRefusedError),
        (Told(429, {}), ChannelUnavailableError),
        (Told(500, {"message": "pending"}), DeliveryUnknownError),
        (Told(201, {}), DeliveryUnknownError),
    ],
)
def test_what_the_server_says_decides_whether_a_note_may_be_told_again(
    desk: Desk, answer: Told, kind: type[Exception]
) -> None:
    desk.server.fails(answer, "POST /api/v4/posts")
    with pytest.raises(kind):
        desk.send()


def test_a_note_whose_thread_is_gone_is_refused(desk: Desk) -> None:
    with pytest.raises(ReplyRefusedError, match="Invalid RootId"):
        desk.send(thread="p-gone")


@pytest.mark.parametrize(
    ("body", "type", "status"),
    [
        (f'{{"token": "{HOOK}"}}'.encode(), "application/json", 200),
        (f"channel_id=c&token={HOOK}&text=hm".encode(), "application/x-www-form-urlencoded", 200),
        (b'{"token": "guess"}', "application/json", 401),
        (b"no json", "application/json", 401),
        (b"[]", "application/json; charset=utf-8", 401),
        (b"\xff", "application/x-www-form-urlencoded", 401),
        (rb'{"token": "\ud800"}', "application/json", 401),
        (b'{"token": ["guess"]}', "application/json", 401),
        (b"a=1&" * 9_000, "application/x-www-form-urlencoded", 401),
    ],
)
def test_the_web_hook_only_wakes(desk: Desk, body: bytes, type: str, status: int) -> None:
    call = Call("POST", "", {}, {"content-type": type}, body, "", desk.clock.now())
    answer = desk.network.receive(desk.account, call)
    assert (answer.status, answer.wake, answer.page) == (status, status == 200, None)
    bare = replace(desk.account, secrets={})
    assert desk.network.receive(bare, call).status == 403


def test_an_account_is_tried_without_writing(desk: Desk) -> None:
    found = {one.what: one.found for one in desk.network.check(desk.account)}
    assert found == {
        "log in": "@corral", "channel": "Care can be read",
        "answers": "are read at once, by a webhook",
    }  # fmt: skip
    assert desk.server.posts == []
    elsewhere = replace(desk.account, settings={**desk.account.settings, "channel": "x/../y"})
    with pytest.raises(ChannelRefusedError, match="Unable to find"):
        desk.network.check(elsewhere)
    desk.server.fails(Told(200, []), "GET")
    with pytest.raises(ChannelUnavailableError, match="no object"):
        desk.network.check(desk.account)
