"""What went wrong for good is kept, listed and counted, in every kind of database."""

from __future__ import annotations

import pytest

from channels.dead_letters import DeadLetters
from channels.errors import (
    ChannelRefusedError,
    GivenUpError,
    LetterClosedError,
    NotUnderstoodError,
    PlannedRetryError,
)
from channels.figures import figures
from channels.intake import Intake
from channels.model import ChannelAccount, Page, ReplyStatus
from channels.outbox import Outbox
from channels.protocol import Call, Received
from channels.receiving import Receiver
from engine import Engine, JobStatus, Source
from tests.channels.conftest import START, FakeClock, FakeNetwork, mention
from tests.channels.wishing import WISHING, all_replies, wish


class Calling(FakeNetwork):
    """A network that calls us, understands nothing, and has a plan of its own."""

    understands = False

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        if not self.understands:
            raise NotUnderstoodError("What?", id="call-1")
        return Received(id="call-1", page=Page((mention(9),)))


@pytest.fixture
def network() -> Calling:
    return Calling()


@pytest.fixture
def outbox(engine: Engine, network: Calling, intake: Intake, account: ChannelAccount) -> Outbox:
    engine.deploy([Source("answering.bpmn", WISHING.encode())])
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    return Outbox(engine, {"fake": network})


@pytest.fixture
def letters(engine: Engine, outbox: Outbox, network: Calling) -> DeadLetters:
    return DeadLetters(engine, outbox.withholding, {"fake": network})


def test_a_plan_of_the_network_is_kept_to_the_second_and_costs_the_job_nothing(
    engine: Engine, outbox: Outbox, network: Calling, clock: FakeClock
) -> None:
    # given
    network.failures = [PlannedRetryError("away", retry_after=3.0) for _ in range(5)]
    wish(engine)

    # when
    for _ in range(5):
        outbox.work()
        clock.passes(seconds=2)
        outbox.work()
        clock.passes(seconds=1)

    # then
    assert len(network.calls) == 5
    assert engine.job(1).retries == 2
    outbox.work()
    assert all_replies(engine)[0].status is ReplyStatus.SENT


def test_a_reply_that_is_given_up_is_a_letter_and_its_account_remembers(
    engine: Engine, outbox: Outbox, network: Calling, letters: DeadLetters
) -> None:
    # given
    network.failures = [GivenUpError("gone", remember={"gone": "there"})]
    wish(engine)

    # when
    outbox.work()

    # then
    (letter,) = letters.listed()
    assert (letter.text, letter.why, letter.tries) == ("Sorry!", "gone", 1)
    assert (letter.conversation_id, letter.handle) == (1, "acme")
    assert engine.job(1).status is JobStatus.FAILED
    assert figures(engine).dead_letters == {"in": 0, "out": 1}
    # and when its incident is resolved elsewhere
    engine.resolve(engine.incidents()[0].id, by="mia")
    letters.again(1, by="oli")
    outbox.work()
    assert (letters.listed(), letters.letter(1).state) == ([], "done")
    assert figures(engine).dead_letters == {"in": 0, "out": 0}


def test_a_letter_whose_process_has_ended_cannot_be_sent_again(
    engine: Engine, outbox: Outbox, network: Calling, letters: DeadLetters
) -> None:
    # given
    network.failures = [GivenUpError("gone")]
    instance = wish(engine)
    outbox.work()

    # when
    engine.cancel(instance, by="mia")

    # then
    with pytest.raises(LetterClosedError, match="does not wait for it any more"):
        letters.again(1, by="oli")
    letters.drop(1, by="oli")
    assert letters.listed() == []


def test_a_call_that_is_not_understood_is_one_letter_until_it_comes_right(
    engine: Engine, outbox: Outbox, network: Calling, letters: DeadLetters
) -> None:
    # given
    receiver = Receiver(engine, {"fake": network})
    call = Call("POST", "", {}, {}, "caf\u00e9\x00 ".encode() + b"\xff" * 3_000, "", START)

    # when
    assert [receiver.receive(1, call).status for _ in range(2)] == [422, 422]

    # then
    (letter,) = letters.listed()
    assert (letter.tries, letter.external_id, letter.text[:4]) == (2, "call-1", "caf\u00e9")
    assert len(letter.text) < 2_001
    with pytest.raises(ChannelRefusedError, match="cannot be read again"):
        letters.again(1, by="oli")

    # and when
    network.understands = True
    receiver.receive(1, call)
    assert (letters.listed(), letters.letter(1).state) == ([], "done")
