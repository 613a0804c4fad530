"""A long answer goes out as a thread: in order, each part once, and on from where it broke off."""

from __future__ import annotations

import pytest

from channels.conversations import Conversations
from channels.delivery import BELIEVED, digest
from channels.errors import (
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from channels.verdicts import INQUIRIES
from engine import Engine, InstanceStatus, Source
from tests.channels.answering import waits_at
from tests.channels.conftest import FakeClock, lapse, mention
from tests.channels.interrupted import Interrupted, dies
from tests.channels.wishing import WISHING, all_replies, states, wish

#: Three parts of at most 50.
LONG = (
    "We looked into it with the depot today. It is still held at customs there. "
    "Please wait until Friday."
)
SENT, REFUSED, UNKNOWN = ReplyStatus.SENT, ReplyStatus.REFUSED, ReplyStatus.UNKNOWN
APPROVED = ReplyStatus.APPROVED


@pytest.fixture
def network() -> Interrupted:
    return Interrupted()


@pytest.fixture
def outbox(engine: Engine, network: Interrupted) -> Outbox:
    engine.deploy([Source("answering.bpmn", WISHING.encode())])
    return Outbox(engine, {"fake": network})


@pytest.fixture(autouse=True)
def _conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))


def texts(network: Interrupted) -> list[str]:
    return list(network.posted.values())


def test_given_a_long_answer_when_sent_then_each_part_answers_the_one_before(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    instance = wish(engine, LONG, split=True)

    # when
    outbox.work()

    # then
    assert texts(network) == [
        "We looked into it with the depot today. (1/3)",
        "It is still held at customs there. (2/3)",
        "Please wait until Friday. (3/3)",
    ]
    sent = [reply.external_id for reply in all_replies(engine)]
    assert [call.in_reply_to for call in network.calls] == ["m1", sent[0], sent[1]]
    assert engine.instance(instance).status is InstanceStatus.COMPLETED
    assert engine.variables(instance)["reply"]["parts"] == 3
    assert len({call.idempotency_key for call in network.calls}) == 3


def test_nobody_asked_for_parts_then_a_long_answer_is_refused_and_a_short_one_never_cut(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    too_long = wish(engine, LONG)
    wish(engine, "Short enough.", split=True, conversation=2)

    # when
    outbox.work()

    # then
    assert waits_at(engine, too_long) == ["rewrite"]
    assert texts(network) == ["Short enough."]


def test_only_the_approved_words_go_out_in_parts(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    other = wish(engine, LONG, split=True, approved=digest("something else"))
    wish(engine, LONG, split=True, approved=digest(LONG), conversation=2)

    # when
    outbox.work()

    # then
    assert waits_at(engine, other) == ["rewrite"]
    assert len(texts(network)) == 3


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("part", [1, 2, 3])
def test_given_a_death_during_any_part_when_the_next_worker_goes_on_then_each_part_is_out_once(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock, part: int, arrives: bool
) -> None:
    # given: the process is killed during the call, before or after the post was made
    instance = wish(engine, LONG, split=True)
    seen: list[int] = []

    def killed(reply: object) -> None:
        seen.append(1)
        if len(seen) == part:
            network.watch = None
            if arrives:
                network.posted[reply.idempotency_key] = reply.text  # type: ignore[attr-defined]
            dies()

    network.watch = killed
    with pytest.raises(KeyboardInterrupt):
        outbox.work()
    lapse(engine)

    # when
    for _ in range(BELIEVED + 2):
        outbox.work()
        clock.passes(minutes=2)

    # then
    assert states(engine) == [SENT, SENT, SENT]
    assert len(texts(network)) == 3
    assert [text[-5:] for text in texts(network)] == ["(1/3)", "(2/3)", "(3/3)"]
    assert engine.instance(instance).status is InstanceStatus.COMPLETED


def test_given_an_outage_in_the_middle_then_the_rest_waits_for_the_part_before_it(
    engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    wish(engine, LONG, split=True)
    network.failures = [None, ChannelUnavailableError("busy")]
    outbox.work()
    meanwhile = len(texts(network))

    # when
    clock.passes(minutes=1)
    outbox.work()

    # then
    assert meanwhile == 1
    assert [text[-5:] for text in texts(network)] == ["(1/3)", "(2/3)", "(3/3)"]


def test_given_a_refused_part_then_the_rest_stays_here_and_the_process_hears_what_is_out(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    instance = wish(engine, LONG, split=True)
    network.failures = [None, ReplyRefusedError("no such words here")]

    # when
    outbox.work()

    # then
    assert states(engine) == [SENT, REFUSED, REFUSED]
    assert waits_at(engine, instance) == ["rewrite"]
    error = engine.variables(instance)["error"]
    assert "Part 2 of 3" in error["message"]
    assert "is out (1 of 3)" in error["message"]


def test_given_an_answer_that_broke_off_when_it_is_said_again_then_it_goes_on_behind_what_is_out(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # given
    wish(engine, LONG, split=True)
    network.failures = [None, ReplyRefusedError("not now")]
    outbox.work()

    # when
    again = wish(engine, LONG, split=True)
    outbox.work()

    # then
    assert [text[-5:] for text in texts(network)] == ["(1/3)", "(2/3)", "(3/3)"]
    first = all_replies(engine)[0].external_id
    assert [call.in_reply_to for call in network.calls if "(2/3)" in call.text] == [first, first]
    assert engine.instance(again).status is InstanceStatus.COMPLETED


def test_an_answer_that_is_all_out_can_be_said_once_more(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    wish(engine, LONG, split=True)
    outbox.work()
    wish(engine, LONG, split=True)
    outbox.work()
    assert len(network.calls) == 6


@pytest.fixture
def unclear(engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock) -> int:
    """An instance of whose second part only a person can say whether it went out."""
    instance = wish(engine, LONG, split=True)
    network.failures = [None, DeliveryUnknownError("cut off")]
    network.find_failure = ChannelUnavailableError("cannot tell")
    for _ in range(INQUIRIES + 1):
        outbox.work()
        clock.passes(hours=1)
    assert waits_at(engine, instance) == ["went_out"]
    assert states(engine) == [SENT, UNKNOWN, APPROVED]
    return instance


@pytest.mark.usefixtures("unclear")
def test_given_an_unclear_part_when_somebody_has_seen_it_then_the_rest_follows(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # when
    outbox.settle_by_person(2, went_out=True, by="mia")
    outbox.work()

    # then
    assert states(engine) == [SENT, SENT, SENT]
    assert network.calls[-1].text.endswith("(3/3)")


@pytest.mark.usefixtures("unclear")
def test_given_an_unclear_part_when_nobody_saw_it_then_the_rest_waits_for_it_to_be_said_again(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    # when
    outbox.settle_by_person(2, went_out=False, by="mia")
    outbox.work()
    settled = states(engine)
    wish(engine, LONG, split=True)
    outbox.work()

    # then
    assert settled == [SENT, REFUSED, REFUSED]
    assert [call.text[-5:] for call in network.calls] == ["(1/3)", "(2/3)", "(2/3)", "(3/3)"]


@pytest.mark.usefixtures("unclear")
def test_what_waits_behind_an_unclear_part_keeps_no_other_reply_of_the_conversation_back(
    engine: Engine, outbox: Outbox, network: Interrupted
) -> None:
    wish(engine, "Something else.")
    outbox.work()
    assert network.calls[-1].text == "Something else."


def test_given_a_cancelled_process_then_the_rest_of_its_answer_is_not_sent(
    engine: Engine, outbox: Outbox, network: Interrupted, conversations: Conversations
) -> None:
    # given
    instance = wish(engine, LONG, split=True)
    network.failures = [None, ChannelUnavailableError("busy")]
    outbox.work()

    # when
    engine.cancel(instance, by="mia")
    outbox.work()

    # then
    assert len(texts(network)) == 1
