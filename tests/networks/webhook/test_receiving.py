"""Calls of a system outside: verified, read strictly, taken once, kept when not understood."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels.errors import NotUnderstoodError
from channels.model import ChannelAccount, Mention
from channels.networks.webhook import LARGEST, WebhookNetwork
from channels.networks.webhook.calls import page_of
from channels.protocol import Call
from tests.networks.webhook.house import NOW, House, call_of, created
from tests.networks.webhook_server import OTHER, SECRET

ACCOUNT = ChannelAccount(1, "webhook", "shop")


def test_given_a_repeat_of_a_call_then_it_is_taken_once_and_answered_as_before(
    house: House,
) -> None:
    answers = [house.hears(created()) for _ in range(2)] + [house.hears(created(), "msg_2")]
    assert [(a.status, a.body) for a in answers] == [(202, b"Taken.")] * 3
    assert house.posts() == ["It is broken"]


def test_what_a_call_tells_of_a_mention_is_kept() -> None:
    # when
    told = created(
        author={"id": "7", "handle": "bob", "name": "Bob", "email": "Bob@Example.test", "reach": 9},
        private=True, url="https://shop.example/7", created_at="2026-03-02T08:00:00+01:00",
        conversation="order-7", more={"we": "do not know"},
    )  # fmt: skip
    mention = _only(WebhookNetwork().reread(ACCOUNT, json.dumps(told).encode(), NOW).mentions)

    # then
    author = mention.author
    assert (author.handle, author.email, author.reach) == ("bob", "Bob@Example.test", 9)
    assert (mention.private, mention.thread) == (True, "order-7")
    assert mention.created_at.isoformat() == "2026-03-02T07:00:00+00:00"


def test_the_mention_of_a_clock_that_is_fast_does_not_lie_in_the_future() -> None:
    body = json.dumps(created(created_at="2031-01-01T00:00:00Z")).encode()
    mention = _only(WebhookNetwork().reread(ACCOUNT, body, NOW).mentions)
    assert mention.created_at == NOW + timedelta(minutes=5)


def test_given_an_answer_to_an_answer_then_it_is_in_the_same_conversation(house: House) -> None:
    # given
    house.hears(created())
    house.answers()
    house.outbox.work()
    (answer,) = house.server.taken

    # when: it names our answer, and no conversation
    thanks = created("m-2", "Thanks", in_reply_to=answer, created_at="2026-03-02T09:01:00Z")
    house.hears(thanks, "msg_2")

    # then
    assert house.posts() == ["It is broken", "Sorry!", "Thanks"]


def test_edits_and_deletions_are_followed_and_repeats_of_them_change_nothing(house: House) -> None:
    # given
    house.hears(created())
    edit: dict[str, Any] = {"type": "mention.edited", "timestamp": "2026-03-02T09:05:00Z"}
    edit |= {"data": {"id": "m-1", "text": "It is whole"}}
    late = {**edit, "timestamp": "2026-03-02T09:01:00Z", "data": {"id": "m-1", "text": "Old"}}

    # when
    for told in (edit, late, edit):
        assert house.hears(told).status == 202

    # then
    assert house.posts() == ["It is whole"]

    # and when
    gone = {"type": "mention.deleted", "timestamp": "2026-03-02T09:06:00Z", "data": {"id": "m-1"}}
    assert [house.hears(gone).status for _ in range(2)] == [202, 202]
    assert house.posts() == [""]


def test_while_a_secret_is_replaced_both_verify(house: House) -> None:
    house.conversations.change_account(1, secrets={"secrets": f"{OTHER} {SECRET}"})
    for signed_with in (SECRET, OTHER):
        assert house.hears(created(), secrets=[signed_with]).status == 202


def test_what_is_not_genuine_leaves_nothing(house: House) -> None:
    # given
    calls = [
        (call_of(created(), NOW, secrets=[OTHER]), 401),
        (call_of(created(), NOW - timedelta(minutes=6)), 401),
        (call_of(created(), NOW + timedelta(minutes=6)), 401),
        (call_of(created(), NOW, **{"webhook-signature": "v1,"}), 401),
        (Call("POST", "", {}, {}, b"{}", "", NOW), 401),
        (call_of(created(), NOW, "x" * 201), 401),
        (Call("GET", "", {}, {}, b"", "", NOW), 405),
        (Call("POST", "", {}, {}, b"x" * (LARGEST + 1), "", NOW), 413),
    ]

    # when
    answers = [house.receiver.receive(1, replace(call, at=NOW)).status for call, _ in calls]

    # then
    assert answers == [status for _, status in calls]
    assert house.letters.listed() == []


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (b"{", "The body is no JSON."),
        (b"[" * 100_000, "The body is no JSON."),
        (b"[]", "The body is no JSON object."),
        ({}, "type is missing, or no text."),
        ({**created(), "timestamp": "soon"}, "timestamp is no moment"),
        ({**created(), "data": 7}, "data is no object."),
        ({**created(), "type": "order.created"}, "type is 'order.created'; we know"),
        (created(id=""), "data.id is missing"),
        (created(id="x" * 201), "data.id has more than 200 characters."),
        (created(text=None), "data.text is missing"),
        (created(text="x" * 100_001), "data.text has more than 100000 characters."),
        (created(author={"name": "Bob"}), "data.author.id is missing"),
        (created(author={"id": "b", "reach": -1}), "data.author.reach is no whole number"),
        (created(private="yes"), "data.private is neither true nor false."),
        (created(private=1), "data.private is neither true nor false."),
        (created(url="javascript:alert(1)"), "data.url is no address."),
        (created(created_at="0001-01-01T00:00:00+14:00"), "data.created_at is no moment"),
    ],
)
def test_what_is_wrong_with_a_call_is_told(told: Any, why: str) -> None:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    with pytest.raises(NotUnderstoodError, match=re.escape(why)):
        page_of(body, NOW)


def test_a_genuine_call_that_is_not_understood_is_told_why_and_kept(house: House) -> None:
    # when
    answers = [house.hears(created(text=None)) for _ in range(2)]

    # then: one letter, however often it comes
    assert {a.status for a in answers} == {422}
    (letter,) = house.letters.listed()
    assert letter.why == answers[0].body.decode() == "data.text is missing, or no text."
    assert (letter.direction, letter.external_id, letter.tries) == ("in", "msg_1", 2)


def test_texts_that_no_database_keeps_are_kept_all_the_same(house: House) -> None:
    assert house.hears(created(text="a\x00b \ud800")).status == 202
    assert house.posts() == ["ab ?"]


def test_once_the_sender_has_mended_it_the_letter_is_done(house: House) -> None:
    house.hears(created(text=None))
    house.hears(created())
    assert house.letters.listed() == []
    assert [one.state for one in house.letters.listed(open_only=False)] == ["done"]


def _only(mentions: tuple[Mention, ...]) -> Mention:
    (mention,) = mentions
    return mention
