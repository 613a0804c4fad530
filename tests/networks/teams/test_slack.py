"""Slack: what it says of itself, what is read there, and who may call us."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.errors import (
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.networks.slack import SlackNetwork
from channels.protocol import Call, Received
from tests.channels.conftest import FakeClock
from tests.networks.slack_server import CHANNEL, SlackServer, signed
from tests.networks.stand_in import Told
from tests.networks.teams.conftest import on_slack


class Desk:
    """The network over one server, and an account with its position."""

    def __init__(self, server: SlackServer, clock: FakeClock) -> None:
        self.server, self.clock = server, clock
        self.account: ChannelAccount = on_slack(server)
        self.network = SlackNetwork(clock.now)

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

    def called(self, body: bytes, *, at: timedelta = timedelta(0), **more: Any) -> Received:
        now = self.clock.now()
        headers = signed(body, now + at, **more)
        return self.network.receive(self.account, Call("POST", "", {}, headers, body, "", now))


@pytest.fixture
def desk(slack: SlackServer, clock: FakeClock) -> Desk:
    return Desk(slack, clock)


def test_a_note_calls_nobody_and_shows_no_preview(desk: Desk) -> None:
    ts = desk.send("<!channel> a & b: https://c/1")
    (message,) = desk.server.messages
    assert (message["ts"], message["text"]) == (ts, "&lt;!channel&gt; a &amp; b: https://c/1")
    posted = json.loads(next(one.body for one in desk.server.heard if one.method == "POST"))
    assert (posted["unfurl_links"], posted["unfurl_media"]) == (False, False)
    assert desk.network.measure("<&>") == 13


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("internal_error", DeliveryUnknownError),
        ("ratelimited", ChannelUnavailableError),
        ("msg_too_long", ReplyRefusedError),
        ("not_in_channel", ChannelRefusedError),
    ],
)
def test_what_slack_says_decides_whether_a_note_may_be_told_again(
    desk: Desk, error: str, kind: type[ChannelError]
) -> None:
    desk.server.errors["chat.postMessage"] = error
    with pytest.raises(kind, match=error):
        desk.send()
    assert desk.server.notes() == []


@pytest.mark.parametrize("body", [{}, [], {"ok": True}])
def test_a_good_answer_without_a_name_for_the_message_says_nothing(desk: Desk, body: Any) -> None:
    desk.server.fails(Told(200, body), "chat.postMessage")
    with pytest.raises(DeliveryUnknownError):
        desk.send()


def test_a_note_whose_thread_was_deleted_is_refused(desk: Desk) -> None:
    with pytest.raises(ReplyRefusedError, match="thread_not_found"):
        desk.send(thread="1.1")
    assert desk.network.find(desk.account, desk.note(thread="1.1")) is None


def test_a_note_that_waited_for_days_is_told_whatever_was_said_meanwhile(desk: Desk) -> None:
    # given
    waiting = desk.note()
    for number in range(2_001):
        desk.server.says(str(number))

    # when
    desk.clock.passes(days=2)
    ts = desk.network.send(desk.account, waiting)

    # then
    assert desk.network.send(desk.account, waiting) == ts
    assert desk.server.notes() == [ts]


def test_a_channel_that_says_more_than_can_be_looked_through_says_so(desk: Desk) -> None:
    for number in range(2_001):
        desk.server.says(str(number))
    desk.clock.passes(minutes=1)
    with pytest.raises(ChannelUnavailableError, match="more than"):
        desk.network.find(desk.account, desk.note())
    assert desk.look().remarks == ()

    # but: the newest are looked through all the same
    desk.clock.passes(hours=2)
    desk.server.says("I do.", desk.send())
    assert desk.heard() == [("Sam", "I do.")]


# ---- reading


def test_only_what_people_say_in_threads_of_notes_is_read_once_and_in_order(desk: Desk) -> None:
    # given
    desk.server.says("from before")
    assert desk.look().remarks == ()
    first, second = desk.send("one", key="k1"), desk.send("two", key="k2")
    other = desk.server.says("Lunch?")

    # when
    desk.server.says("in two", second)
    desk.server.says("Pizza", other)
    desk.server.says("in one", first, "U2")
    desk.server.says("joined", first, subtype="channel_join")
    desk.server.says("by a program", first, bot_id="B9")
    desk.send("more", thread=first, key="k3")

    # then
    assert desk.heard() == [("Sam", "in two"), ("kim", "in one")]
    assert desk.heard() == []
    desk.server.says("later", first, "U3")
    assert desk.heard() == [("U3", "later")]


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@U1> and <@U9>, look", "@Sam and @U9, look"),
        ("<#C1|care> <!here> <!subteam^S1|@night>", "#care @here @night"),
        ("<https://a.b/c|a.b/c> <https://a.b>", "a.b/c (https://a.b/c) https://a.b"),
    ],
)
def test_answers_are_read_as_people_read_them(desk: Desk, said: str, read: str) -> None:
    desk.look()
    desk.server.says(said, desk.send())
    assert desk.heard() == [("Sam", read)]


def test_threads_that_are_old_are_told_by_events_alone(desk: Desk) -> None:
    # given
    desk.look()
    first = desk.send()
    desk.clock.passes(days=4)
    ts = desk.server.says("I do.", first)

    # when, then
    assert desk.heard() == []
    (remark,) = desk.called(desk.server.told(ts)).page.remarks  # type: ignore[union-attr]
    assert (remark.external_id, remark.thread, remark.text) == (ts, first, "I do.")


# ---- what is changed later


def test_answers_that_are_changed_or_deleted_are_told_by_events(desk: Desk) -> None:
    # given
    first = desk.send()
    kept, gone = desk.server.says("I do.", first), desk.server.says("So do I.", first)
    desk.clock.passes(minutes=1)

    # when
    changed = desk.called(desk.server.edits(kept, "I do, &amp; <@U2> too.")).page
    deleted = desk.called(desk.server.deletes(gone)).page

    # then
    assert changed is not None
    (edit,) = changed.edits
    assert (edit.external_id, edit.text, edit.at) == (kept, "I do, & @kim too.", desk.clock.now())
    assert deleted is not None
    assert deleted.deletions == (gone,)


def test_what_no_event_told_is_found_when_the_thread_is_read_again(desk: Desk) -> None:
    # given
    desk.look()
    first, second = desk.send("one", key="k1"), desk.send("two", key="k2")
    kept, gone = desk.server.says("I do.", first), desk.server.says("So do I.", first)
    lost = desk.server.says("Me too.", second)
    assert len(desk.look().remarks) == 3

    # when
    desk.clock.passes(minutes=1)
    desk.server.edits(kept, "I did.")
    desk.server.deletes(gone)
    page = desk.look()

    # then
    assert [(one.external_id, one.text) for one in page.edits] == [(kept, "I did.")]
    assert page.deletions == (gone,)

    # when: all of the other thread goes, whose turn it is next, a minute later
    desk.server.deletes(lost)
    desk.server.deletes(second)
    assert desk.look().deletions == ()
    desk.clock.passes(minutes=1)

    # then
    assert desk.look().deletions == (lost,)
    desk.clock.passes(days=4)
    assert desk.look().position["watched"] == []  # type: ignore[index]


@pytest.mark.parametrize("told", ["500 before", Told(200, {"ok": True, "messages": []})])
def test_a_thread_that_cannot_be_read_again_keeps_its_answers(desk: Desk, told: Any) -> None:
    # given
    desk.look()
    ts = desk.server.says("I do.", desk.send())
    assert len(desk.look().remarks) == 1
    desk.clock.passes(minutes=1)
    desk.server.deletes(ts)
    desk.server.fails(told, "conversations.replies")

    # when: it is read again, and once more when it is its turn
    assert desk.look().deletions == ()
    desk.clock.passes(minutes=1)

    # then
    assert desk.look().deletions == (ts,)


def test_an_answer_that_is_read_late_brings_its_words_of_now(desk: Desk) -> None:
    desk.look()
    ts = desk.server.says("I do.", desk.send())
    desk.server.edits(ts, "I did.")
    page = desk.look()
    assert [one.text for one in page.remarks] == ["I did."]
    assert [one.text for one in page.edits] == ["I did."]


# ---- calls


def test_the_address_is_confirmed_to_slack(desk: Desk) -> None:
    answer = desk.called(b'{"type": "url_verification", "challenge": "3eZbrw1a"}')
    assert (answer.status, answer.body) == (200, b"3eZbrw1a")


@pytest.mark.parametrize(
    ("at", "secret", "status"),
    [
        (timedelta(minutes=4), "signing-secret", 200),
        (timedelta(minutes=-6), "signing-secret", 401),
        (timedelta(minutes=6), "signing-secret", 401),
        (timedelta(0), "guess", 401),
    ],
)
def test_a_call_is_believed_by_its_signature_and_its_hour(
    desk: Desk, at: timedelta, secret: str, status: int
) -> None:
    ts = desk.server.says("I do.", desk.send())
    answer = desk.called(desk.server.told(ts), at=at, secret=secret)
    assert (answer.status, answer.page is not None) == (status, status == 200)


def test_without_a_signing_secret_nobody_is_believed(desk: Desk) -> None:
    desk.account = replace(desk.account, secrets={"bot_token": "xoxb-1"})
    assert desk.called(b"{}").status == 403


@pytest.mark.parametrize(
    "body",
    [
        b"no json", b"[]", b'{"type": "event_callback"}',
        b'{"type": "event_callback", "event": {"type": "reaction_added"}}',
        b'{"type": "event_callback", "event": {"type": "message", "channel": "C0CARE"}}',
        b'{"type": "event_callback", "event": {"type": "message", "channel": "C0CARE", "ts": "x",'
        b' "thread_ts": "1.1"}}',
    ],
)  # fmt: skip
def test_events_that_are_not_for_us_bring_nothing(desk: Desk, body: bytes) -> None:
    assert desk.called(body).page is None


def test_events_of_other_channels_previews_and_our_own_notes_bring_nothing(desk: Desk) -> None:
    first = desk.send()
    ts = desk.server.says("I do.", first)
    preview = {"subtype": "message_changed", "message": {"ts": ts, "text": "I do."}}
    for more in ({"channel": "C0OTHER"}, preview, {"bot_id": "B1"}):
        assert desk.called(desk.server.told(ts, **more)).page is None
    assert desk.called(desk.server.told(first)).page is None


# ---- trying an account


def test_an_account_is_tried_without_writing(desk: Desk) -> None:
    found = {one.what: one.found for one in desk.network.check(desk.account)}
    assert found["log in"] == "corral in Acme"
    assert found["channel"] == f"{CHANNEL} can be read"
    assert desk.server.messages == []


def test_what_an_account_lacks_is_named(desk: Desk) -> None:
    desk.server.scopes = "chat:write"
    with pytest.raises(ChannelRefusedError, match="users:read"):
        desk.network.check(desk.account)
    desk.server.scopes = "chat:write,users:read"
    desk.server.errors["conversations.history"] = "not_in_channel"
    with pytest.raises(ChannelRefusedError, match="invited to the channel"):
        desk.network.check(desk.account)
    desk.account = replace(desk.account, secrets={"bot_token": "xoxb-2"})
    with pytest.raises(ChannelRefusedError, match="invalid_auth"):
        desk.network.check(desk.account)
