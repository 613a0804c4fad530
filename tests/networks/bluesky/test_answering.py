"""Replies out: one record each, however often they are sent and whatever breaks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import Reply
from channels.networks.bluesky import records
from channels.networks.bluesky.records import facets_of, key_of, length_of
from tests.networks.bluesky.conftest import Stage
from tests.networks.bluesky_world import NoError, did

#: Faults with which nothing was written, and with which it may have been.
CERTAIN, UNSURE = ["429", "429 bare"], ["500", "500 after", "truncated", "cut", "reset", "nothing"]


@pytest.fixture
def asked(stage: Stage) -> Reply:
    """A reply to a mention that stands in a thread."""
    first = stage.says("look", reason=None)
    second = stage.says("where is it?", under=first)
    return stage.reply(in_reply_to=second, thread=first)


def test_a_reply_names_the_post_it_answers_and_the_first_of_the_thread(
    stage: Stage, asked: Reply
) -> None:
    # when
    uri = stage.send(asked)

    # then
    (post,) = stage.world.ours()
    assert uri == post["uri"]
    assert post["record"]["reply"] == {
        "root": stage.world.ref(asked.thread), "parent": stage.world.ref(asked.in_reply_to or ""),
    }  # fmt: skip
    assert post["record"]["createdAt"] == "2026-03-02T09:00:02.000Z"


def test_an_answer_to_an_answer_of_ours_need_not_be_shown_by_the_network_yet(
    stage: Stage, asked: Reply
) -> None:
    # given
    first = stage.send(asked)
    stage.world.hidden.add(first)

    # when
    stage.send(replace(asked, in_reply_to=first, idempotency_key="part 2"))

    # then
    above = stage.world.ours()[1]["record"]["reply"]
    assert (above["parent"]["uri"], above["root"]["uri"]) == (first, asked.thread)


def test_sent_twice_by_two_processes_nothing_changes(stage: Stage, asked: Reply) -> None:
    first = stage.send(asked)
    stage.restarted()
    stage.clock.passes(days=400)
    assert stage.send(asked) == first
    assert len(stage.world.ours()) == 1


def test_sent_again_when_what_it_answers_was_changed_it_stays_as_it_is(
    stage: Stage, asked: Reply
) -> None:
    # given
    first = stage.send(asked)
    before = stage.world.ours()[0]["cid"]
    stage.world.keep(asked.in_reply_to or "", {"text": "changed"})

    # when
    again = stage.send(asked)

    # then
    assert (again, stage.world.ours()[0]["cid"]) == (first, before)


def test_a_scheduled_reply_bears_the_moment_at_which_it_was_to_go_out(
    stage: Stage, asked: Reply
) -> None:
    stage.send(replace(asked, send_at=asked.created_at + timedelta(days=1)))
    assert stage.world.ours()[0]["record"]["createdAt"] == "2026-03-03T09:00:02.000Z"


@pytest.mark.parametrize("kind", UNSURE)
def test_what_may_have_been_written_is_unknown_and_found_if_it_was(
    stage: Stage, asked: Reply, kind: str
) -> None:
    # given
    stage.server.fail(kind, "putRecord")

    # when
    with pytest.raises(DeliveryUnknownError):
        stage.send(asked)
    found = stage.find(asked)

    # then
    assert (found is None) == (kind in ("500", "reset"))
    assert stage.send(asked) == stage.find(asked)
    assert len(stage.world.ours()) == 1


@pytest.mark.parametrize("method", ["getPosts", "resolveHandle", "createSession"])
@pytest.mark.parametrize("kind", [*CERTAIN, *UNSURE])
def test_what_breaks_before_the_record_is_written_had_no_effect(
    stage: Stage, asked: Reply, method: str, kind: str
) -> None:
    stage.server.fail(kind, method)
    with pytest.raises(ChannelUnavailableError):
        stage.send(replace(asked, text="hello @bob.test"))
    assert stage.world.ours() == []


@pytest.mark.parametrize("kind", CERTAIN)
def test_a_full_budget_of_the_network_is_waited_for(stage: Stage, asked: Reply, kind: str) -> None:
    stage.server.fail(kind, "putRecord")
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.send(asked)
    assert caught.value.retry_after == (90 if kind == "429" else None)


def test_a_network_that_is_down_had_no_effect_and_cannot_tell(stage: Stage, asked: Reply) -> None:
    stage.look()
    stage.server.down()
    with pytest.raises(ChannelUnavailableError):
        stage.send(asked)
    with pytest.raises(ChannelUnavailableError):
        stage.find(asked)
    stage.server.up()
    assert stage.find(asked) is None


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (NoError("InvalidRequest", "too long"), ReplyRefusedError),
        (NoError("RecordNotAllowed", "no", 403), ReplyRefusedError),
        (NoError("AccountTakedown"), ChannelRefusedError),
    ],
)
def test_a_refusal_is_told_in_the_words_of_the_network(
    stage: Stage, asked: Reply, error: NoError, raised: type[Exception]
) -> None:
    stage.server.fail("no", "putRecord", error=error)
    with pytest.raises(raised, match=error.told["message"]):
        stage.send(asked)


def test_what_cannot_be_answered_is_refused(stage: Stage, asked: Reply) -> None:
    # given
    stage.world.closed.add(asked.in_reply_to or "")
    with pytest.raises(ReplyRefusedError, match="does not let this account answer"):
        stage.send(asked)

    # when
    del stage.world.posts[asked.in_reply_to or ""]

    # then
    with pytest.raises(ReplyRefusedError, match="not there any more"):
        stage.send(asked)


def test_find_says_that_it_cannot_tell_when_the_network_says_something_else(
    stage: Stage, asked: Reply
) -> None:
    stage.server.fail("no", "getRecord", error=NoError("InvalidRequest", "who?"))
    with pytest.raises(ChannelUnavailableError, match="who"):
        stage.find(asked)


# ---- keys


def test_keys_follow_from_the_reply_and_have_the_form_the_network_wants(stage: Stage) -> None:
    # given
    one = stage.reply()
    keys = {key_of(replace(one, idempotency_key=f"key {number}")) for number in range(2_000)}

    # then
    assert len(keys) == 2_000
    assert key_of(one) == key_of(replace(one, attempts=3, text="other"))
    assert all(len(key) == 13 and set(key) <= set(records._LETTERS) for key in keys)
    assert max(keys) < key_of(replace(one, created_at=one.created_at + timedelta(seconds=1)))


def test_a_key_is_a_moment_before_the_reply(stage: Stage) -> None:
    # given
    at = datetime(2026, 11, 28, 10, 0, 5, tzinfo=UTC)
    value = 0
    for letter in key_of(stage.reply(created_at=at)):
        value = value << 5 | records._LETTERS.index(letter)

    # then
    moment = datetime.fromtimestamp((value >> 10) / 1_000_000, UTC)
    assert at - timedelta(seconds=1) <= moment < at


# ---- words


@pytest.mark.parametrize(
    ("text", "length"),
    [("", 0), ("hello", 5), ("\N{FAMILY} hi", 4), ("é" * 300, 300), ("x" * 301, 301),
     ("👨‍👩‍👧‍👦" * 150, 375), ("\ud83d", 1)],
)  # fmt: skip
def test_a_length_is_in_what_people_see_or_a_tenth_of_the_bytes(text: str, length: int) -> None:
    assert length_of(text) == length


def test_a_reply_that_is_too_long_is_refused_before_anybody_is_asked(
    stage: Stage, asked: Reply
) -> None:
    with pytest.raises(ReplyTooLongError, match="Shorten it by 1"):
        stage.send(replace(asked, text="é" * 301))
    assert stage.server.calls == []


def facets(text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return what is marked in a text: the marked bytes as text, and the mark."""
    people = {"bob.test": did("bob")}
    encoded = text.encode()
    return [
        (encoded[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode(),
         {k: v for k, v in one["features"][0].items() if k != "$type"})
        for one in facets_of(text, people.get)
    ]  # fmt: skip


def test_links_people_and_tags_are_marked_by_their_bytes() -> None:
    text = "é✓👨‍👩‍👧 see https://example.com/ä?b=1#c, @Bob.test (or @nobody.test) #Thänks! #1 a#b"
    assert facets(text) == [
        ("https://example.com/ä?b=1#c", {"uri": "https://example.com/ä?b=1#c"}),
        ("@Bob.test", {"did": did("bob")}),
        ("#Thänks", {"tag": "Thänks"}),
    ]


def test_brackets_around_a_link_are_not_part_of_it_and_those_within_it_are() -> None:
    assert facets("(https://a.example/x). https://a.example/x_(y)") == [
        ("https://a.example/x", {"uri": "https://a.example/x"}),
        ("https://a.example/x_(y)", {"uri": "https://a.example/x_(y)"}),
    ]


def test_a_mail_address_names_nobody() -> None:
    assert facets("write to me@bob.test") == []
