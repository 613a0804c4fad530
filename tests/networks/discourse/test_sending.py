"""Replies go below the post they answer, or into private, once; and are found again."""

from __future__ import annotations

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from tests.networks.discourse.conftest import Stage


def test_a_reply_goes_below_the_post_it_answers(stage: Stage) -> None:
    stage.says("hello", "eve")
    post = stage.says("#acme")
    id = stage.send(stage.reply(str(post.id)))
    (ours,) = stage.forum.by_us()
    assert (str(ours.id), ours.topic, ours.to) == (id, stage.topic, post.number)
    assert ours.raw == "Sorry for that!"


def test_a_reply_to_the_first_post_answers_the_topic(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.send(stage.reply(str(post.id)))
    assert stage.forum.by_us()[0].to is None


def test_the_same_words_twice_are_one_post(stage: Stage) -> None:
    post = stage.says("#acme")
    id = stage.send(stage.reply(str(post.id)))
    stage.restarts()
    stage.clock.passes(seconds=200)
    assert stage.send(stage.reply(str(post.id))) == id
    assert len(stage.forum.by_us()) == 1


def test_the_same_words_to_another_customer_are_refused_by_the_forum(stage: Stage) -> None:
    one, other = stage.says("#acme"), stage.says("#acme", "eve")
    stage.send(stage.reply(str(one.id)))
    stage.clock.passes(seconds=200)
    with pytest.raises(ReplyRefusedError, match="too similar"):
        stage.send(stage.reply(str(other.id), idempotency_key="key-2"))


def test_words_that_are_refused_while_nothing_can_be_read_back_may_be_there(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.send(stage.reply(str(post.id)))
    stage.restarts()
    stage.clock.passes(seconds=200)
    stage.forum.fails("500 before", "GET /t/")
    with pytest.raises(DeliveryUnknownError):
        stage.send(stage.reply(str(post.id)))


@pytest.mark.parametrize("staff", [False, True])
def test_a_reply_is_found_below_its_post(stage: Stage, staff: bool) -> None:
    # given
    stage.forum.staff = staff
    post, other = stage.says("#acme"), stage.says("#acme", "eve")
    reply = stage.reply(str(other.id), "We're  *sorry* — truly.")
    stage.says("We're *sorry* — truly.", "acme", to=post)
    stage.says("We're *sorry* — truly.", "zoe", to=other)
    assert stage.find(reply) is None

    # when
    ours = stage.says("We're *sorry* — truly.", "acme", to=other)
    for number in range(45):
        stage.says(f"and then {number}", "eve")

    # then
    assert stage.find(reply) == str(ours.id)


def test_a_reply_of_long_ago_with_the_same_words_is_another(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.says("Sorry for that!", "acme", to=post)
    stage.clock.passes(minutes=30)
    assert stage.find(stage.reply(str(post.id))) is None


def test_a_reply_is_found_after_its_post_was_deleted_and_not_with_its_topic(stage: Stage) -> None:
    stage.says("hello", "eve")
    post = stage.says("#acme")
    ours = stage.says("Sorry for that!", "acme", to=post)
    post.deleted = True
    assert stage.find(stage.reply(str(post.id))) == str(ours.id)
    del stage.forum.topics[stage.topic.id]
    assert stage.find(stage.reply(str(post.id))) is None


def test_a_forum_that_shows_nothing_leaves_it_open(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.forum.fails("500 before", "GET /t/")
    with pytest.raises(ChannelUnavailableError):
        stage.find(stage.reply(str(post.id)))


def test_a_private_reply_to_a_public_post_is_a_message_to_its_author(stage: Stage) -> None:
    # given
    post, other = stage.says("#acme"), stage.says("#acme", "eve")
    reply = stage.reply(str(post.id), "What is your number?", private=True)
    to_eve = stage.reply(str(other.id), "What is your number?", private=True, recipient="eve")

    # when
    id = stage.send(reply)

    # then
    (ours,) = stage.forum.by_us()
    assert (ours.topic.private, ours.topic.members, id) == (True, ("acme", "bob"), f"pm:{ours.id}")
    stage.restarts()
    assert stage.find(reply) == id
    assert stage.find(to_eve) is None


def test_a_private_reply_to_a_private_message_stays_in_its_topic(stage: Stage) -> None:
    # given
    talk = stage.forum.topic("My account", members=("bob", "acme"))
    other = stage.forum.topic("My account", members=("bob", "acme"))
    asked = stage.says("It is locked.", topic=talk)
    stage.says("We look.", "acme", other)
    reply = stage.reply(f"pm:{asked.id}", "We look.", private=True, thread=f"pm:{talk.id}")
    assert stage.find(reply) is None

    # when
    stage.clock.passes(seconds=400)
    id = stage.send(reply)
    stage.restarts()

    # then
    assert stage.forum.posts[int(id.removeprefix("pm:"))].topic is talk
    assert stage.find(reply) == id


def test_a_private_message_is_not_answered_in_public(stage: Stage) -> None:
    with pytest.raises(ReplyRefusedError, match="Answer in private"):
        stage.send(stage.reply("pm:1"))
    refusal = stage.network.chance(stage.account, stage.reply("pm:1")).refusal
    assert refusal is not None
    assert "Answer in private" in refusal
    assert stage.network.chance(stage.account, stage.reply("1")).refusal is None


def test_a_reply_that_waits_for_a_moderator_is_sent_once(stage: Stage) -> None:
    # given
    stage.forum.moderated = True
    post = stage.says("#acme")
    reply = stage.reply(str(post.id))

    # when
    id = stage.send(reply)
    stage.restarts()

    # then
    assert id == "queued:900"
    assert stage.find(reply) == id
    with pytest.raises(ReplyRefusedError, match="no moderator has let through"):
        stage.send(stage.reply(id, "part two", idempotency_key="key-2"))


def test_what_a_forum_does_not_take_is_refused_in_its_words(stage: Stage) -> None:
    post = stage.says("#acme")
    with pytest.raises(ReplyRefusedError, match="Body is too short"):
        stage.send(stage.reply(str(post.id), "Hm."))
    stage.topic.closed = True
    with pytest.raises(ReplyRefusedError, match="not permitted"):
        stage.send(stage.reply(str(post.id)))
    post.deleted = True
    with pytest.raises(ReplyRefusedError, match="gone"):
        stage.send(stage.reply(str(post.id)))
    assert stage.forum.by_us() == []


def test_a_key_that_is_revoked_stops_the_account_and_not_the_reply(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.has(api_key="revoked")
    with pytest.raises(ChannelRefusedError, match="does not let the account in"):
        stage.send(stage.reply(str(post.id)))


def test_too_many_posts_make_a_reply_wait(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.forum.fails("429", "POST")
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.send(stage.reply(str(post.id)))
    assert caught.value.retry_after == 90
