"""Answers out: under a comment, to its author alone, and to messages; and how they are found."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from channels import budgets
from channels.errors import (
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from tests.networks.graph.conftest import Stage
from tests.networks.graph_server import refusal


def sent_body(stage: Stage) -> dict[str, Any]:
    """Return the form of the newest message that we sent."""
    call = next(one for one in reversed(stage.server.heard) if one.path.endswith("/messages"))
    return {
        name: json.loads(value) if value.startswith("{") else value
        for name, value in call.form.items()
    }


def test_a_public_answer_stands_below_the_comment(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")

    # when
    id = stage.answers(comment)

    # then
    (ours,) = stage.server.by_us()
    assert (ours.id, ours.to, ours.text) == (id, comment, "Sorry for that!")
    assert stage.finds(comment) == id


def test_an_answer_to_an_answer_is_found_below_the_first_comment(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")
    below = stage.says("and where is mine?", "eve", to=comment)
    id = stage.answers(below)

    # when
    stage.restarts()

    # then
    assert stage.finds(below) == id
    assert stage.finds(below, text="Something else") is None


def test_what_was_said_long_before_is_not_taken_for_the_reply(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")
    stage.says("Sorry for that!", "acme", to=comment)
    stage.clock.passes(minutes=30)

    # then
    assert stage.finds(comment) is None


def test_the_same_words_of_another_reply_are_not_taken_for_this_one(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")
    stage.answers(comment, idempotency_key="another")

    # then
    assert stage.finds(comment) is None


def test_a_comment_has_one_private_answer(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")
    name = stage.answers(comment, private=True)
    stage.restarts()

    # when
    again = stage.answers(comment, private=True)

    # then
    assert again == name == stage.finds(comment, private=True)
    assert sent_body(stage)["recipient"] == {"comment_id": comment}
    with pytest.raises(ReplyRefusedError, match="a second time"):
        stage.answers(comment, "Something else", private=True, idempotency_key="another")
    assert len(stage.server.sent()) == 1


def test_a_post_left_with_us_is_answered_in_public_and_in_private(facebook: Stage) -> None:
    # given
    post = facebook.server.post("You lost my parcel", "bob")

    # when
    public = facebook.answers(post)
    private = facebook.answers(post, private=True, idempotency_key="another")

    # then
    assert facebook.server.comments[public].post == post
    assert sent_body(facebook)["recipient"] == {"post_id": post}
    facebook.restarts()
    assert facebook.finds(post) == public
    assert facebook.finds(post, private=True) == private


@pytest.mark.parametrize("private", [True, False])
def test_a_message_is_answered_by_a_message_also_where_nobody_says_private(
    stage: Stage, private: bool
) -> None:
    # given
    message = stage.writes("where is my parcel?")

    # when
    name = stage.answers(message, private=private, thread=message.rpartition("/")[0])

    # then
    (sent,) = stage.server.sent()
    assert name == f"dm/{stage.server.id_of('bob')}/{sent.id}"
    assert sent_body(stage)["messaging_type"] == "RESPONSE"
    stage.restarts()
    assert stage.finds(message, private=private, thread=message.rpartition("/")[0]) == name


def test_a_public_answer_to_who_went_on_in_private_is_below_the_comment(stage: Stage) -> None:
    # given
    comment, message = stage.says("where is my parcel?"), stage.writes("My number is 4711")

    # when
    id = stage.answers(message, thread=comment)

    # then
    assert stage.server.comments[id].to == comment
    assert stage.finds(message, thread=comment) == id


@pytest.mark.parametrize(
    ("kind", "private", "text", "fits"),
    [("facebook", False, "x" * 8_001, 8_000), ("facebook", True, "x" * 2_001, 2_000),
     ("instagram", False, "x" * 2_201, 2_200), ("instagram", True, "ä" * 501, 1_000)],
)  # fmt: skip
def test_what_is_too_long_is_refused(
    stage_on: Any, kind: str, private: bool, text: str, fits: int
) -> None:
    # given
    stage = stage_on(kind)
    comment = stage.says("where is my parcel?")
    measure = stage.network.measure_private if private else stage.network.measure

    # then
    with pytest.raises(ReplyTooLongError) as refused:
        stage.answers(comment, text, private=private)
    assert (refused.value.length, refused.value.limit) == (measure(text), fits)
    assert (stage.network.private_limit if private else stage.network.reply_limit) == fits
    assert stage.server.asked("POST") == 0


@pytest.mark.parametrize(
    ("code", "below", "kind", "words"),
    [
        (190, 463, ChannelRefusedError, "access token"),
        (200, None, ChannelRefusedError, "lacks a permission"),
        (10, None, ChannelRefusedError, "lacks a permission"),
        (368, None, ChannelRefusedError, "blocked the account"),
        (32, None, ChannelUnavailableError, "less often"),
        (80002, None, ChannelUnavailableError, "less often"),
        (10, 2018278, ReplyRefusedError, "too long ago"),
        (10, 2534022, ReplyRefusedError, "too long ago"),
        (551, None, ReplyRefusedError, "takes no messages"),
        (100, 2018001, ReplyRefusedError, "takes no messages"),
        (100, 33, ReplyRefusedError, "is gone"),
        (100, None, ReplyRefusedError, "Nope"),
        (1, None, DeliveryUnknownError, "failed"),
        (2, None, DeliveryUnknownError, "failed"),
    ],
)
def test_each_refusal_is_what_it_means(
    facebook: Stage, code: int, below: int | None, kind: type[ChannelError], words: str
) -> None:
    # given
    message = facebook.writes("where is my parcel?")
    facebook.server.fails(refusal(code, "Nope", below), "messages")

    # then
    with pytest.raises(kind, match=words) as refused:
        facebook.answers(message, private=True)
    assert type(refused.value) is kind


def test_words_that_stand_there_already_are_looked_for(facebook: Stage) -> None:
    # given
    comment = facebook.says("where is my parcel?")
    facebook.server.fails(refusal(506, "Duplicate status message"), "POST", times=2)
    other = facebook.says("and mine?", "eve")

    # when
    facebook.server.comment(facebook.post, "acme", "Sorry for that!", to=comment)

    # then
    assert facebook.answers(comment) == facebook.server.by_us()[0].id
    with pytest.raises(ReplyRefusedError, match="Word it differently"):
        facebook.answers(other, idempotency_key="another")


def test_where_nobody_can_tell_it_says_so(facebook: Stage) -> None:
    # given
    message = facebook.writes("where is my parcel?")
    for number in range(25):
        facebook.writes(f"number {number}", ours=True)

    # then
    with pytest.raises(ChannelUnavailableError, match="more messages"):
        facebook.finds(message, private=True)


def test_a_private_answer_to_a_comment_that_is_gone_cannot_be_looked_for(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")
    stage.server.removes(comment)

    # then
    assert stage.finds(comment) is None
    with pytest.raises(ChannelUnavailableError, match="look into its inbox"):
        stage.finds(comment, private=True)


def test_what_is_used_up_is_told_to_the_budgets(stage: Stage) -> None:
    # given
    comment = stage.says("where is my parcel?")
    case = [{"type": "pages", "call_count": 60, "total_time": 80, "total_cputime": 1,
             "estimated_time_to_regain_access": 5}]  # fmt: skip
    stage.server.headers = {
        "X-App-Usage": json.dumps({"call_count": 10, "total_time": 3, "total_cputime": 0}),
        "X-Business-Use-Case-Usage": json.dumps({"77": case}),
    }

    # when
    with budgets.listening() as heard:
        stage.answers(comment)

    # then
    (one,) = heard
    assert (one.bucket, one.remaining, one.most) == ("pages", 20, 100)
    assert one.left_to_reading == 0


# ---- until when


def test_a_message_is_answered_within_a_day(stage: Stage) -> None:
    # given
    message, heard = stage.writes("where is my parcel?"), stage.clock.now()
    reply = stage.reply(message, private=True, heard_at=heard, thread="dm/70")

    # when
    stage.clock.passes(hours=23)
    soon = stage.network.chance(stage.account, reply)
    stage.clock.passes(hours=1)
    late = stage.network.chance(stage.account, reply)

    # then
    assert (soon.refusal, soon.until) == (None, heard + timedelta(days=1))
    assert late.refusal is not None
    assert "24 hours" in late.refusal
    assert "human agents" in late.refusal
    with pytest.raises(ReplyRefusedError, match="24 hours"):
        stage.send(reply)
    assert stage.server.asked("POST") == 0


def test_whoever_wrote_under_a_post_can_still_be_answered_in_public(stage: Stage) -> None:
    # given
    comment, heard = stage.says("where is my parcel?"), stage.clock.now()
    message = stage.writes("My number is 4711")
    stage.clock.passes(days=2)

    # when
    reply = stage.reply(message, private=True, heard_at=heard, thread=comment)

    # then
    assert "Answer in public." in str(stage.network.chance(stage.account, reply).refusal)


@pytest.mark.parametrize(("days", "by", "goes"), [(3, "ana", True), (3, None, False),
                                                  (8, "ana", False)])  # fmt: skip
def test_a_human_agent_has_seven_days(stage_on: Any, days: int, by: str | None, goes: bool) -> None:
    # given
    stage = stage_on("facebook", human_agent="yes")
    message, heard = stage.writes("where is my parcel?"), stage.clock.now()
    stage.clock.passes(days=days)

    # then
    if goes:
        stage.answers(message, private=True, heard_at=heard, by=by)
        assert stage.server.sent()[-1].tag == "HUMAN_AGENT"
    else:
        with pytest.raises(ReplyRefusedError):
            stage.answers(message, private=True, heard_at=heard, by=by)
        assert stage.server.sent() == []


def test_a_comment_is_answered_in_private_within_seven_days_and_in_one_message(
    stage: Stage,
) -> None:
    # given
    comment, asked = stage.says("where is my parcel?"), stage.clock.now()

    def refusal_of(**more: Any) -> str:
        reply = stage.reply(comment, private=True, asked_at=asked, **more)
        return str(stage.network.chance(stage.account, reply).refusal)

    # then
    assert refusal_of() == "None"
    assert "one private message" in refusal_of(part=1, parts=2)
    stage.clock.passes(days=7)
    assert "within 7 days" in refusal_of()


def test_a_hidden_comment_is_not_answered_in_public(stage: Stage) -> None:
    comment = stage.says("rude words")
    with pytest.raises(ReplyRefusedError, match="it is hidden"):
        stage.answers(comment, answerable=False)
    assert stage.server.asked("POST") == 0
