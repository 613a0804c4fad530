"""Replies on X, in public and in private: sent once, found again, refused before X does it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from tests.networks.x.conftest import Stage

TEXT = "So sorry! See https://acme.example/help?id=7 & write to us"


def test_a_public_answer_stands_under_the_mention_and_is_found(stage: Stage) -> None:
    # given
    reply = stage.reply(stage.says("help"), TEXT)

    # when
    id = stage.send(reply)

    # then
    assert stage.world.texts() == [TEXT]
    assert stage.find(reply) == id
    stage.restarts()
    assert stage.find(reply) == id


@pytest.mark.parametrize(
    ("text", "length"),
    [("x" * 280, 280), ("é" * 280, 280), ("漢" * 140, 280), ("👩‍👩‍👧‍👦" * 140, 280),
     ("https://acme.com/" + "x" * 500, 23), ("@bob @eve " + "x" * 280, 280),
     ("cafe\u0301", 4), ("@" * 3, 3), ("", 0)],
)  # fmt: skip
def test_text_weighs_as_x_counts_it(stage: Stage, text: str, length: int) -> None:
    assert stage.network.measure(text) == length


def test_a_text_that_is_too_long_is_never_sent(stage: Stage) -> None:
    with pytest.raises(ReplyTooLongError, match="Shorten it by 2"):
        stage.send(stage.reply(stage.says("help"), "漢" * 141))
    assert stage.world.asked == []


def test_a_post_that_a_search_found_is_not_answered_in_public(stage: Stage) -> None:
    # given
    found = stage.world.post("bob", "acme lost my parcel")

    # then
    with pytest.raises(ReplyRefusedError, match="Answer in private, or wait"):
        stage.send(stage.reply(found, answerable=False))
    assert stage.world.asked == []
    stage.tells(plan="enterprise")
    stage.world.enterprise = True
    assert stage.send(stage.reply(found, answerable=False))


def test_what_x_knows_better_is_refused_in_its_words(stage: Stage) -> None:
    found = stage.world.post("bob", "acme lost my parcel")
    with pytest.raises(ReplyRefusedError, match="where you are mentioned or are the author"):
        stage.send(stage.reply(found))
    with pytest.raises(ReplyRefusedError, match="deleted or not visible"):
        stage.send(stage.reply("77"))


def test_an_invitation_leads_into_direct_messages(stage: Stage) -> None:
    # given
    stage.look()
    mention = stage.says("help")

    # when
    stage.send(stage.reply(mention, "Please write to us.", hand_off=True))
    stage.send(stage.reply(mention, "Thank you."))

    # then
    links = [one.get("direct_message_deep_link") for one in stage.world.asked]
    assert links == ["https://twitter.com/messages/compose?recipient_id=100", None]
    assert stage.bill()["reply"] == 20_000


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("fault", ["500 after", "gone after", "late", "cut", "garbled"])
def test_what_may_have_gone_out_is_looked_for_and_stands_there_once(
    stage: Stage, fault: str, private: bool
) -> None:
    # given
    reply = stage.reply(stage.says("help"), private=private)
    stage.server.fails(fault, "POST")
    if fault == "late":
        stage.hurries()

    # when
    with pytest.raises(DeliveryUnknownError):
        stage.send(reply)
    stage.restarts()
    id = stage.find(reply)

    # then
    assert id is not None
    assert (stage.world.private_texts() if private else stage.world.texts()) == ["Sorry!"]
    assert stage.bill()["message" if private else "reply"] == (15_000 if private else 10_000)


@pytest.mark.parametrize("fault", ["500 before", "gone before"])
def test_what_may_have_gone_out_and_did_not_is_not_found(stage: Stage, fault: str) -> None:
    # given
    reply = stage.reply(stage.says("help"))
    stage.server.fails(fault, "POST")

    # when
    with pytest.raises(DeliveryUnknownError):
        stage.send(reply)

    # then
    assert stage.find(reply) is None
    assert stage.send(reply)
    assert stage.world.texts() == ["Sorry!"]


@pytest.mark.parametrize("fault", ["429", "429 bare"])
def test_a_pace_that_is_too_high_had_no_effect(stage: Stage, fault: str) -> None:
    reply = stage.reply(stage.says("help"))
    stage.server.fails(fault, "POST")
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.send(reply)
    wait = caught.value.retry_after
    assert wait is None if fault == "429 bare" else wait is not None and 60 < wait <= 121
    assert stage.world.texts() == []


@pytest.mark.parametrize("fault", ["capped", "401", "402", "no write"])
def test_what_only_the_operator_can_mend_is_no_fault_of_the_reply(stage: Stage, fault: str) -> None:
    reply = stage.reply(stage.says("help"))
    stage.server.fails(fault, "POST")
    with pytest.raises(ChannelRefusedError):
        stage.send(reply)
    assert stage.send(reply)


def test_a_server_that_is_away_had_no_effect(stage: Stage) -> None:
    reply = stage.reply(stage.says("help"))
    stage.server.down()
    with pytest.raises(ChannelUnavailableError):
        stage.send(reply)
    stage.server.up()
    assert stage.send(reply)


def test_a_repeat_that_x_refuses_is_the_reply_that_is_there(stage: Stage) -> None:
    # given
    reply = stage.reply(stage.says("help"), TEXT)

    # when
    first, second = stage.send(reply), stage.send(replace(reply, attempts=1))

    # then
    assert first == second
    assert stage.world.texts() == [TEXT]


def test_a_repeat_of_what_a_colleague_wrote_before_is_refused(stage: Stage) -> None:
    # given
    mention = stage.says("help")
    stage.world.post("acme", "Sorry!", answers=mention)
    stage.clock.passes(hours=1)

    # then
    with pytest.raises(ReplyRefusedError, match="Word it differently"):
        stage.send(stage.reply(mention))


def test_a_repeat_of_which_x_shows_nothing_stays_unknown(stage: Stage) -> None:
    # given
    reply = stage.reply(stage.says("help"))
    stage.send(reply)
    stage.server.fails("500 before", "/tweets?")

    # then
    with pytest.raises(DeliveryUnknownError):
        stage.send(reply)
    assert stage.send(reply)


def test_the_same_words_to_somebody_else_are_another_reply(stage: Stage) -> None:
    # given
    one, other = stage.reply(stage.says("help")), stage.reply(stage.says("help me too"))
    stage.send(one)

    # then
    assert stage.find(other) is None
    assert stage.send(other) != stage.send(one)


def test_a_private_answer_to_a_public_mention_goes_to_its_author(stage: Stage) -> None:
    # given
    reply = stage.reply(stage.says("help"), private=True)

    # when
    id = stage.send(reply)

    # then
    [message] = stage.world.messages
    assert (id, message.conversation) == (f"dm-{message.id}", f"100-{stage.world.person('bob')}")
    assert stage.find(reply) == id
    assert stage.find(replace(reply, text="Something else")) is None


def test_a_message_is_answered_in_its_own_thread(stage: Stage) -> None:
    # given
    stage.world.message("bob", "It is about my account")
    stage.look()
    [mention] = stage.read

    # when
    reply = stage.reply(mention.external_id, thread=mention.thread, private=True)
    id = stage.send(reply)

    # then
    assert stage.world.private_texts() == ["Sorry!"]
    assert stage.find(reply) == id
    with pytest.raises(ReplyRefusedError, match="cannot be answered in public"):
        stage.send(replace(reply, private=False))


def test_whom_no_message_reaches_is_refused(stage: Stage) -> None:
    mention = stage.says("help")
    stage.world.closed.add(stage.world.person("bob"))
    with pytest.raises(ReplyRefusedError, match="cannot send messages to this user"):
        stage.send(stage.reply(mention, private=True))
    with pytest.raises(ReplyRefusedError, match="knows nobody called @gone"):
        stage.send(replace(stage.reply(mention, private=True), recipient="gone"))


@pytest.mark.parametrize(
    ("text", "other"),
    [("Sorry!", "Sorry."), ("See https://a.com now", "See https://a.com"), ("a b", "ab"),
     ("a (b", "a [b")],
)  # fmt: skip
def test_other_words_are_another_reply(stage: Stage, text: str, other: str) -> None:
    reply = stage.reply(stage.says("help"), text)
    stage.send(reply)
    assert stage.find(replace(reply, text=other)) is None
    assert stage.find(replace(reply, text=f"@bob {text} ")) is not None
