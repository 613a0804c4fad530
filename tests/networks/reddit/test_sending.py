"""Replies on Reddit go below what they answer, or as messages, once; and are found again."""

from __future__ import annotations

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from tests.networks.reddit.conftest import Stage


def test_a_reply_goes_below_the_comment_it_answers_and_is_found(stage: Stage) -> None:
    # given
    comment, other = stage.says("u/acme"), stage.says("u/acme", "eve")
    reply = stage.reply(comment.name, "We're *sorry* — truly.")
    stage.says("We're *sorry* — truly.", "Acme", other)
    assert stage.find(reply) is None

    # when
    id = stage.send(reply)

    # then
    assert [one.parent for one in stage.server.by_us()] == [other.name, comment.name]
    assert stage.send(reply) == id
    stage.restarts()
    assert stage.find(reply) == id


def test_of_replies_that_look_alike_the_first_is_found(stage: Stage) -> None:
    comment = stage.says("u/acme")
    first = stage.says("Sorry for that!", "Acme", comment)
    stage.says("Sorry for that!", "Acme", comment)
    assert stage.find(stage.reply(comment.name)) == first.name


def test_a_reply_of_long_ago_with_the_same_words_is_another(stage: Stage) -> None:
    comment = stage.says("u/acme")
    stage.says("Sorry for that!", "Acme", comment)
    stage.clock.passes(minutes=30)
    assert stage.find(stage.reply(comment.name)) is None


def test_too_many_comments_since_leave_it_open(stage: Stage) -> None:
    comment = stage.says("u/acme")
    for number in range(1_001):
        stage.server.comment("Acme", f"{number}", stage.post)
    with pytest.raises(ChannelUnavailableError, match="more of ours"):
        stage.find(stage.reply(comment.name))


def test_a_reply_to_a_message_is_a_message(stage: Stage) -> None:
    asked = stage.writes("It is locked.", title="My account")
    reply = stage.reply(asked.name, private=True)
    id = stage.send(reply)
    stage.restarts()
    (ours,) = stage.server.by_us("t4")
    assert (ours.name, ours.parent, ours.to) == (id, asked.name, "bob")
    assert stage.find(reply) == id


def test_a_private_reply_to_a_comment_is_a_message_to_its_author(stage: Stage) -> None:
    comment = stage.says("u/acme")
    reply = stage.reply(comment.name, "What is your number?", private=True)
    id = stage.send(reply)
    (ours,) = stage.server.by_us("t4")
    assert (ours.name, ours.to, ours.title) == (id, "bob", "What is your number?")
    stage.restarts()
    assert stage.find(reply) == id
    assert stage.find(stage.reply(comment.name, reply.text, private=True, recipient="eve")) is None


def test_a_message_that_reddit_takes_and_does_not_show_yet_may_be_there(stage: Stage) -> None:
    stage.server.names_messages = False
    reply = stage.reply(stage.says("u/acme").name, private=True)
    with pytest.raises(DeliveryUnknownError):
        stage.send(reply)
    stage.server.names_messages = True
    assert stage.find(reply) == stage.server.by_us("t4")[0].name


@pytest.mark.parametrize(("to", "answerable"), [("t4_a", True), ("t1_a", False)])
def test_what_cannot_be_answered_in_public_is_refused_before_it_is_written(
    stage: Stage, to: str, answerable: bool
) -> None:
    reply = stage.reply(to, answerable=answerable)
    assert "Answer in private" in (stage.network.chance(stage.account, reply).refusal or "")
    with pytest.raises(ReplyRefusedError, match="Answer in private"):
        stage.send(reply)


@pytest.mark.parametrize(
    ("told", "ratelimit", "wait"),
    [("Take a break for 9 minutes before trying again.", None, 540), ("Too much.", 512.2, 512.2),
     ("Take a break.", None, None)],
)  # fmt: skip
def test_a_pause_that_reddit_wants_makes_the_reply_wait(
    stage: Stage, told: str, ratelimit: float | None, wait: float | None
) -> None:
    stage.server.errors, stage.server.ratelimit = [["RATELIMIT", told, "ratelimit"]], ratelimit
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.send(stage.reply(stage.says("u/acme").name))
    assert caught.value.retry_after == wait
    assert stage.server.by_us() == []


@pytest.mark.parametrize(
    ("code", "error"),
    [("THREAD_LOCKED", ReplyRefusedError), ("DELETED_COMMENT", ReplyRefusedError),
     ("USER_REQUIRED", ChannelRefusedError)],
)  # fmt: skip
def test_what_reddit_does_not_take_is_refused_in_its_words(
    stage: Stage, code: str, error: type[Exception]
) -> None:
    stage.server.errors = [[code, "that cannot be done", "parent"]]
    with pytest.raises(error, match="that cannot be done"):
        stage.send(stage.reply(stage.says("u/acme").name))


@pytest.mark.parametrize(
    ("closed", "error"),
    [({"/api/comment"}, ReplyRefusedError), ({"/api/comment", "/api/v1/me"}, ChannelRefusedError)],
)
def test_a_closed_door_is_the_reply_s_or_the_account_s(
    stage: Stage, closed: set[str], error: type[Exception]
) -> None:
    stage.server.forbidden = closed
    with pytest.raises(error):
        stage.send(stage.reply(stage.says("u/acme").name))


def test_a_fault_while_it_writes_is_met_once_and_leaves_it_open(stage: Stage) -> None:
    # Left alone, praw would post three times.
    stage.server.fails("500 after", "POST /api/comment")
    with pytest.raises(DeliveryUnknownError):
        stage.send(stage.reply(stage.says("u/acme").name))
    assert len(stage.server.by_us()) == 1


def test_a_fault_while_a_token_is_fetched_means_that_nothing_was_sent(stage: Stage) -> None:
    stage.server.fails("gone after", "POST /api/v1/access_token")
    with pytest.raises(ChannelUnavailableError):
        stage.send(stage.reply(stage.says("u/acme").name))
