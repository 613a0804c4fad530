"""A worker calls the networks of different accounts at the same time, each one by one."""

from __future__ import annotations

import threading

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.outbox import PARALLEL, Outbox
from engine import Engine
from tests.channels.answering import start
from tests.channels.conftest import FakeNetwork, mention
from tests.channels.interrupted import dies
from tests.channels.wishing import states


class Meeting(FakeNetwork):
    """A network whose calls meet: each waits until as many as told are under way."""

    def __init__(self) -> None:
        super().__init__()
        self.meet = 1
        self.barrier = threading.Barrier(1)
        self.under_way: list[int] = []
        self.overlapped: set[int] = set()
        self._lock = threading.Lock()

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        with self._lock:
            if account.id in self.under_way:
                self.overlapped.add(account.id)
            self.under_way.append(account.id)
        self.barrier.wait(30)
        try:
            return super().send(account, reply)
        finally:
            with self._lock:
                self.under_way.remove(account.id)


@pytest.fixture
def network() -> Meeting:
    return Meeting()


@pytest.fixture
def accounts(
    intake: Intake, conversations: Conversations, account: ChannelAccount
) -> list[ChannelAccount]:
    """Three accounts with two conversations each; the conversations are numbered in this order."""
    found = [account, *(conversations.ensure_account("fake", f"brand{n}") for n in (2, 3))]
    for number, one in enumerate(found):
        first, second = 10 * number + 1, 10 * number + 2
        mentions = (mention(first, thread=f"a{number}"), mention(second, thread=f"b{number}"))
        intake.take(one, Page(mentions))
    return found


@pytest.mark.usefixtures("accounts")
def test_given_three_accounts_then_their_networks_are_called_at_the_same_time(
    engine: Engine, outbox: Outbox, network: Meeting
) -> None:
    # given: no call ends before one of each account is under way
    network.barrier = threading.Barrier(3)
    for conversation in range(1, 7):
        start(engine, f"answer {conversation}", conversation=conversation)

    # when
    outbox.work()

    # then
    assert len(network.posted) == 6
    assert network.overlapped == set()
    assert set(states(engine)) == {ReplyStatus.SENT}
    assert PARALLEL >= 3


@pytest.mark.usefixtures("accounts")
def test_the_replies_of_one_conversation_stay_in_order(
    engine: Engine, outbox: Outbox, network: Meeting
) -> None:
    # given
    for turn in range(4):
        for conversation in (1, 3, 5):
            start(engine, f"{conversation}: {turn}", conversation=conversation)

    # when
    outbox.work()

    # then
    for conversation in (1, 3, 5):
        said = [t for t in network.posted.values() if t.startswith(f"{conversation}:")]
        assert said == [f"{conversation}: {turn}" for turn in range(4)]


@pytest.mark.usefixtures("accounts")
def test_given_an_account_whose_call_kills_us_then_the_others_have_been_told_how_theirs_ended(
    engine: Engine, outbox: Outbox, network: Meeting
) -> None:
    # given
    for conversation in (1, 3, 5):
        start(engine, f"answer {conversation}", conversation=conversation)
    network.watch = lambda reply: dies() if reply.conversation_id == 3 else None

    # when
    with pytest.raises(KeyboardInterrupt):
        outbox.work()

    # then
    assert states(engine) == [ReplyStatus.SENT, ReplyStatus.SENDING, ReplyStatus.SENT]


@pytest.mark.usefixtures("accounts")
def test_an_account_that_takes_its_time_gives_the_rest_of_its_turn_back(
    engine: Engine, outbox: Outbox, network: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("channels.outbox.TURN", -1.0)
    for conversation in (1, 2):
        start(engine, f"answer {conversation}", conversation=conversation)

    # when
    attempts = outbox.work()

    # then
    assert attempts == len(network.posted) == 2
    assert set(states(engine)) == {ReplyStatus.SENT}
