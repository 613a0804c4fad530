"""Replies are told by plan under one id, then a person decides; nothing is told twice as two."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    GivenUpError,
    LetterClosedError,
    NotUnderstoodError,
    ReplyRefusedError,
)
from channels.model import ChannelAccount, Reply, ReplyStatus
from channels.networks.webhook import PLAN, WebhookNetwork
from engine import JobStatus
from engine.errors import NotFoundError
from tests.networks.stand_in import Told
from tests.networks.webhook.house import House, created
from tests.networks.webhook_server import OTHER, SECRET


@pytest.fixture
def asked(house: House) -> House:
    """A house that has been asked something."""
    house.hears(created())
    return house


def reply(house: House) -> Reply:
    return house.conversations.reply(1)


def with_secret(house: House) -> ChannelAccount:
    """Return the account as it is when its network is called."""
    account = house.conversations.account(1).account
    return dataclasses.replace(account, secrets={"secrets": SECRET})


def tries_all(house: House, fault: str | Told = "500 before") -> None:
    """Let a reply meet one fault until it is given up."""
    house.server.fails(fault, times=len(PLAN) + 1)
    house.answers()
    house.outbox.work()
    for pause in PLAN:
        house.clock.passes(seconds=pause)
        house.outbox.work()


def test_what_a_reply_tells(asked: House) -> None:
    # when
    asked.answers()
    asked.outbox.work()

    # then
    (call,) = asked.server.heard
    told = json.loads(call.body)
    key = call.headers["webhook-id"]
    assert reply(asked).external_id == key
    assert call.headers["content-type"] == "application/json"
    assert told["type"] == "reply.created"
    assert told["data"] == {
        "id": key, "conversation": "m-1", "in_reply_to": "m-1", "to": "Bob", "text": "Sorry!",
        "private": False, "created_at": told["timestamp"], "part": None, "parts": None,
    }  # fmt: skip


FAULTS: tuple[str | Told, ...] = (
    "500 before", "500 after", "gone before", "gone after", "cut", "429 bare", Told(404), Told(301),
)  # fmt: skip


def test_whatever_breaks_it_is_told_again_under_the_same_id(asked: House) -> None:
    for number, fault in enumerate(FAULTS, 1):
        # when
        asked.server.fails(fault)
        asked.answers(f"answer {number}")
        asked.outbox.work()
        waiting = asked.conversations.reply(number).status
        asked.clock.passes(seconds=PLAN[0])
        asked.outbox.work()

        # then: never unknown, the receiver has it once, and the job kept its attempts
        assert waiting is ReplyStatus.RETRYABLE
        assert asked.conversations.reply(number).status is ReplyStatus.SENT
        first, second = asked.server.heard[-2:]
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
    assert asked.server.texts() == [f"answer {number}" for number in range(1, len(FAULTS) + 1)]


def test_silence_is_told_again(asked: House) -> None:
    # given
    asked.network._inner._silence = 0.3
    asked.server.fails("late")

    # when
    asked.answers()
    asked.outbox.work()
    asked.clock.passes(seconds=PLAN[0])
    asked.outbox.work()

    # then
    assert (reply(asked).status, asked.server.texts()) == (ReplyStatus.SENT, ["Sorry!"])


def test_a_receiver_that_asks_for_longer_gets_longer(asked: House) -> None:
    asked.server.fails("429")
    asked.answers()
    asked.outbox.work()
    for seconds, status in ((119, ReplyStatus.RETRYABLE), (1, ReplyStatus.SENT)):
        asked.clock.passes(seconds=seconds)
        asked.outbox.work()
        assert reply(asked).status is status


def test_given_the_plan_is_over_then_it_is_a_dead_letter_with_an_incident(asked: House) -> None:
    # when
    tries_all(asked)

    # then
    (letter,) = asked.letters.listed()
    assert (letter.direction, letter.tries, letter.text) == ("out", len(PLAN) + 1, "Sorry!")
    assert "failed with status 502" in letter.why
    assert asked.clock.now() - letter.first_at == timedelta(0)
    (incident,) = asked.engine.incidents()
    assert incident.job_id == reply(asked).job_id
    # and nobody calls again by themselves
    asked.clock.passes(hours=48)
    asked.outbox.work()
    assert len(asked.server.heard) == len(PLAN) + 1


def test_given_a_dead_letter_when_sent_again_then_it_arrives_once_and_is_done(
    asked: House,
) -> None:
    # given
    tries_all(asked)

    # when
    letter = asked.letters.again(1, by="oli")
    asked.outbox.work()

    # then
    assert (letter.state, letter.by) == ("again", "oli")
    assert reply(asked).status is ReplyStatus.SENT
    assert asked.server.texts() == ["Sorry!"]
    assert len(set(asked.server.ids())) == 1
    assert (asked.letters.listed(), asked.letters.letter(1).state) == ([], "done")
    assert asked.engine.incidents() == []
    with pytest.raises(LetterClosedError, match="has arrived meanwhile"):
        asked.letters.drop(1, by="oli")


def test_given_it_fails_once_more_then_the_letter_is_open_again(asked: House) -> None:
    # given
    tries_all(asked)
    asked.server.fails("500 before")

    # when
    asked.letters.again(1, by="oli")
    asked.outbox.work()

    # then
    letter = asked.letters.letter(1)
    assert (letter.state, letter.tries) == ("open", len(PLAN) + 2)
    assert len(asked.engine.incidents()) == 1


def test_given_a_dead_letter_when_dropped_then_its_process_hears_a_refusal(asked: House) -> None:
    # given
    tries_all(asked)

    # when
    letter = asked.letters.drop(1, by="oli")

    # then
    assert (letter.state, letter.by) == ("dropped", "oli")
    assert reply(asked).status is ReplyStatus.REFUSED
    assert asked.engine.job(reply(asked).job_id or 0).status is JobStatus.COMPLETED
    assert {task.element for task in asked.engine.user_tasks()} == {"work", "rewrite"}
    with pytest.raises(LetterClosedError, match="was dropped"):
        asked.letters.again(1, by="oli")


def test_given_the_receiver_is_gone_then_nothing_is_told_until_somebody_says_so(
    asked: House,
) -> None:
    # given
    asked.server.fails(Told(410))
    asked.answers()
    asked.outbox.work()

    # when: another reply is to be told
    asked.answers("We mean it", conversation=_another(asked))
    asked.outbox.work()

    # then
    assert len(asked.server.heard) == 1
    assert [letter.tries for letter in asked.letters.listed()] == [1, 1]
    assert "is gone (410)" in (asked.conversations.account(1).alarm or "")
    with pytest.raises(ChannelRefusedError, match="is gone"):
        asked.network.check(with_secret(asked))

    # and when
    asked.letters.again(1, by="oli")
    asked.outbox.work()
    assert asked.server.texts() == ["Sorry!"]
    assert asked.conversations.account(1).account.position == {}


def test_given_another_address_then_the_one_that_is_gone_is_forgotten(asked: House) -> None:
    # given
    asked.server.fails(Told(410))
    asked.answers()
    asked.outbox.work()
    account = asked.conversations.account(1).account
    new = {**account.settings, "address": f"{asked.server.address}/new"}

    # when
    asked.conversations.change_account(1, settings=new, look_at=asked.clock.now())
    asked.poller.work()

    # then
    assert asked.conversations.account(1).account.position == {}


def test_an_address_in_our_own_network_is_not_called(asked: House) -> None:
    # given
    port = asked.server.address.rpartition(":")[2]
    inside = {"private_network": False}
    asked.conversations.change_account(1, settings=inside | {"address": f"http://127.0.0.1:{port}"})

    # when
    asked.answers()
    asked.outbox.work()

    # then: at once, without a plan
    (letter,) = asked.letters.listed()
    assert "127.0.0.1 leads to 127.0.0.1, which is not on the public internet" in letter.why
    for host in ("localhost", "[::1]", "10.0.0.1", "169.254.169.254"):
        settings = inside | {"address": f"http://{host}:{port}/x"}
        account = dataclasses.replace(with_secret(asked), settings=settings)
        with pytest.raises(GivenUpError, match="not on the public internet"):
            asked.network.send(account, reply(asked))
        with pytest.raises(ChannelRefusedError, match="not on the public internet"):
            asked.network.check(account)
    assert asked.server.heard == []


def test_the_connection_is_made_to_the_address_that_was_looked_at(
    asked: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: as if this machine were out there
    address = asked.server.address.replace("127.0.0.1", "localhost")
    looked: list[str] = []

    def public(host: str, _port: int | None) -> str:
        looked.append(host)
        return "127.0.0.1"

    monkeypatch.setattr("channels.transport.public_address", public)
    asked.conversations.change_account(1, settings={"address": address})

    # when
    asked.answers()
    asked.outbox.work()

    # then: under the name that it was told
    assert asked.server.texts() == ["Sorry!"]
    assert looked == ["localhost"]
    assert asked.server.heard[0].headers["host"] == address.removeprefix("http://")


def test_an_account_without_an_address_refuses_replies(asked: House) -> None:
    asked.conversations.change_account(1, settings={})
    asked.answers()
    asked.outbox.work()
    assert reply(asked).status is ReplyStatus.REFUSED
    with pytest.raises(ReplyRefusedError, match="has no address for replies"):
        asked.network.send(ChannelAccount(1, "webhook", "shop"), reply(asked))


def test_a_call_is_taken_again_once_it_can_be_understood(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a call that this version does not understand
    with monkeypatch.context() as older:
        older.setattr("channels.networks.webhook.calls.LONGEST_TEXT", 3)
        house.hears(created())
        with pytest.raises(NotUnderstoodError):
            house.letters.again(1, by="oli")

    # when
    letter = house.letters.again(1, by="oli")

    # then
    assert (letter.state, letter.by) == ("done", "oli")
    assert house.posts() == ["It is broken"]


def test_a_call_that_was_dropped_stays_dropped_though_it_comes_again(house: House) -> None:
    house.hears(b"{")
    house.letters.drop(1, by="oli")
    house.hears(b"{")
    assert house.letters.listed() == []


def test_letters_are_listed_by_pages_and_by_account(house: House) -> None:
    for number in range(5):
        house.hears(b"{", f"msg_{number}")
    assert [one.id for one in house.letters.listed(limit=2)] == [5, 4]
    assert [one.id for one in house.letters.listed(before=4, limit=2)] == [3, 2]
    assert house.letters.listed(account_id=2) == []
    with pytest.raises(NotFoundError):
        house.letters.letter(99)


def test_trying_an_account_sends_nothing_and_says_what_it_found(house: House) -> None:
    # given
    account = ChannelAccount(
        1, "webhook", "shop", secrets={"secrets": f"{OTHER} {SECRET}"},
        settings={"address": house.server.address, "private_network": True},
    )  # fmt: skip

    # when
    found = WebhookNetwork().check(account)

    # then
    assert [one.what for one in found] == ["signatures", "replies"]
    assert found[0].found.startswith("2 secrets")
    assert "without https" in found[1].found
    assert house.server.heard == []


@pytest.mark.parametrize(
    ("settings", "secret", "error"),
    [
        ({}, "whsec_short", ChannelRefusedError),
        ({"address": "https://nowhere.invalid"}, SECRET, ChannelUnavailableError),
    ],
)
def test_trying_an_account_says_what_is_wrong(
    settings: dict[str, str], secret: str, error: type[Exception]
) -> None:
    account = ChannelAccount(1, "webhook", "x", settings=settings, secrets={"secrets": secret})
    with pytest.raises(error):
        WebhookNetwork().check(account)


def _another(house: House) -> int:
    house.hears(created("m-9", "Hello?"), "msg_9")
    return 2
