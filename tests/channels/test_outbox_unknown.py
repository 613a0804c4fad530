"""Replies of which nobody knows whether they went out: looked for, or a person is asked."""

from __future__ import annotations

import pytest

from channels.conversations import Conversations
from channels.errors import (
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplySettledError,
)
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from channels.verdicts import INQUIRIES
from engine import Engine, InstanceStatus
from engine.errors import NotFoundError
from tests.channels.answering import start, waits_at
from tests.channels.conftest import FakeClock, FakeNetwork, lapse, mention


@pytest.fixture(autouse=True)
def _conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1), mention(2, author="stranger"))))
    intake.take(account, Page((mention(3, thread="t2"),)))


def test_given_a_lost_answer_when_settled_then_the_reply_is_found_and_not_sent_again(
    engine: Engine, outbox: Outbox, network: FakeNetwork, conversations: Conversations
) -> None:
    # given
    network.failures, network.loses_answers = [DeliveryUnknownError("cut off")], True
    instance = start(engine)
    outbox.work()
    before = conversations.reply(1).status

    # when
    outbox.work()

    # then
    assert (before, conversations.reply(1).status) == (ReplyStatus.UNKNOWN, ReplyStatus.SENT)
    assert len(network.calls) == 1
    assert engine.instance(instance).status is InstanceStatus.COMPLETED


def test_given_a_lost_request_when_the_network_is_certain_then_it_is_sent_with_the_same_key(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    network.failures = [DeliveryUnknownError("cut off")]
    start(engine)

    # when
    for _ in range(5):
        outbox.work()
        clock.passes(minutes=1)

    # then
    first, second = network.calls
    assert first.idempotency_key == second.idempotency_key
    assert list(network.posted.values()) == ["Sorry!"]


def test_given_a_network_that_shows_a_post_late_then_it_is_waited_for_and_not_sent_again(
    engine: Engine,
    outbox: Outbox,
    network: FakeNetwork,
    clock: FakeClock,
    conversations: Conversations,
) -> None:
    # given: the call is cut off, and what it asked for stands in a queue of the network
    network.failures = [DeliveryUnknownError("cut off")]
    start(engine)
    outbox.work()

    # when
    for _ in range(60):
        outbox.work()
        clock.passes(seconds=1)
    asked_for = network.calls[0]
    network.posted[asked_for.idempotency_key] = asked_for.text
    clock.passes(seconds=30)
    outbox.work()

    # then
    assert len(network.calls) == 1
    assert conversations.reply(1).status is ReplyStatus.SENT


def test_a_fault_of_a_channel_counts_as_unknown(
    engine: Engine, outbox: Outbox, network: FakeNetwork, conversations: Conversations
) -> None:
    network.failures = [ZeroDivisionError()]
    start(engine)
    outbox.work()
    assert conversations.reply(1).status is ReplyStatus.UNKNOWN


def settled_by_asking(outbox: Outbox, network: FakeNetwork, clock: FakeClock) -> None:
    """Send one reply whose fate the network cannot tell, until we give up asking."""
    network.failures = [DeliveryUnknownError("cut off")]
    network.find_failure = ChannelUnavailableError("cannot tell")
    for _ in range(INQUIRIES + 2):
        outbox.work()
        clock.passes(hours=1)


def test_given_a_network_that_cannot_tell_then_a_person_is_asked(
    engine: Engine,
    outbox: Outbox,
    network: FakeNetwork,
    clock: FakeClock,
    conversations: Conversations,
) -> None:
    # given
    instance = start(engine)

    # when
    settled_by_asking(outbox, network, clock)

    # then
    assert len(network.calls) == 1
    assert waits_at(engine, instance) == ["went_out"]
    (reply,) = conversations.unsettled_replies()
    assert reply.status is ReplyStatus.UNKNOWN


@pytest.mark.parametrize(
    ("went_out", "status"), [(True, ReplyStatus.SENT), (False, ReplyStatus.REFUSED)]
)
def test_a_person_settles_what_nobody_else_can(
    engine: Engine,
    outbox: Outbox,
    network: FakeNetwork,
    clock: FakeClock,
    conversations: Conversations,
    went_out: bool,
    status: ReplyStatus,
) -> None:
    # given
    start(engine)
    settled_by_asking(outbox, network, clock)

    # when
    settled = outbox.settle_by_person(1, went_out=went_out, by="ana")

    # then
    assert settled.status is status
    assert conversations.unsettled_replies() == []
    with pytest.raises(ReplySettledError):
        outbox.settle_by_person(1, went_out=True, by="ana")
    with pytest.raises(NotFoundError):
        outbox.settle_by_person(99, went_out=True, by="ana")


def test_a_person_who_is_quicker_than_the_inquiries_has_it_sent_again(
    engine: Engine, outbox: Outbox, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    network.failures = [DeliveryUnknownError("cut off")]
    start(engine)
    outbox.work()

    # when
    outbox.settle_by_person(1, went_out=False, by="ana")
    clock.passes(seconds=1)
    outbox.work()

    # then
    assert list(network.posted.values()) == ["Sorry!"]


def test_given_a_worker_that_died_while_sending_when_recovered_then_it_is_looked_for(
    engine: Engine,
    outbox: Outbox,
    network: FakeNetwork,
    clock: FakeClock,
    conversations: Conversations,
) -> None:
    # given
    def die(_reply: object) -> None:
        raise KeyboardInterrupt

    network.watch = die
    start(engine)
    with pytest.raises(KeyboardInterrupt):
        outbox.work()
    network.watch = None

    # when
    young = outbox.recover(clock.now())
    lapse(engine)
    recovered = outbox.recover(clock.now())
    status = conversations.reply(1).status
    for _ in range(5):
        outbox.work()
        clock.passes(minutes=1)

    # then
    assert (young, recovered, status) == (0, 1, ReplyStatus.UNKNOWN)
    assert conversations.reply(1).status is ReplyStatus.SENT
