"""Several workers on one database: who may read an account or send a reply, and who may not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.delivery import BELIEVED
from channels.errors import ChannelUnavailableError
from channels.intake import Intake
from channels.leases import Lease
from channels.model import ChannelAccount, Page, Reply, ReplyStatus
from channels.outbox import Outbox
from channels.polling import Poller
from engine import Engine, InstanceStatus
from tests.channels.answering import start
from tests.channels.conftest import FakeClock, FakeNetwork, PlainSignals, lapse, mention


class Interrupted(FakeNetwork):
    """A network during whose calls something happens."""

    def __init__(self) -> None:
        super().__init__()
        self.while_reading: Callable[[], object] = lambda: None
        self.while_sending: Callable[[], object] = lambda: None
        self.while_looking: Callable[[], object] = lambda: None
        self.looks = 0

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        self.looks += 1
        happens, self.while_reading = self.while_reading, lambda: None
        happens()
        yield from super().fetch(account, after)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        happens, self.while_sending = self.while_sending, lambda: None
        happens()
        return super().send(account, reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        found = super().find(account, reply)
        happens, self.while_looking = self.while_looking, lambda: None
        happens()
        return found


@pytest.fixture
def network() -> Interrupted:
    return Interrupted()


@pytest.fixture
def worker(engine: Engine, network: Interrupted) -> Callable[[], Poller]:
    """Makes what reads the accounts in one more worker."""

    def make() -> Poller:
        known = {"fake": network}
        return Poller(engine, Intake(engine, PlainSignals(), known), known)

    return make


def dies() -> None:
    """What a kill does to a call: nothing behind it happens."""
    raise KeyboardInterrupt


def test_given_a_worker_that_reads_an_account_then_the_others_leave_it_alone(
    worker: Callable[[], Poller], account: ChannelAccount, network: Interrupted
) -> None:
    # given
    network.pages = [Page((mention(1),))]
    others: list[int] = []
    network.while_reading = lambda: others.append(worker().work())

    # when
    stored = worker().work()

    # then
    assert (stored, others, network.looks) == (1, [0], 1)


def test_an_account_is_given_back_when_it_was_read_and_when_reading_failed(
    worker: Callable[[], Poller], account: ChannelAccount, network: Interrupted, clock: FakeClock
) -> None:
    # given
    network.fetch_failure = ChannelUnavailableError("down")
    worker().work()
    network.fetch_failure = None

    # when
    clock.passes(hours=1)
    worker().work()
    clock.passes(hours=1)
    worker().work()

    # then
    assert network.looks == 3


def test_given_a_worker_that_died_while_reading_when_its_lease_is_over_then_another_takes_over(
    engine: Engine,
    worker: Callable[[], Poller],
    account: ChannelAccount,
    network: Interrupted,
) -> None:
    # given
    network.pages = [Page((mention(1),))]
    network.while_reading = dies
    with pytest.raises(KeyboardInterrupt):
        worker().work()

    # when
    too_early = worker().work()
    lapse(engine)
    later = worker().work()

    # then
    assert (too_early, later, network.looks) == (0, 1, 2)


def test_given_a_worker_that_was_stopped_while_reading_when_it_goes_on_then_it_stores_nothing(
    engine: Engine,
    worker: Callable[[], Poller],
    account: ChannelAccount,
    network: Interrupted,
    conversations: Conversations,
) -> None:
    # given: it was given one page, and the successor two
    network.pages = [Page((mention(1),))]

    def taken_over() -> None:
        lapse(engine)
        network.pages.append(Page((mention(2),)))
        assert worker().work() == 2
        network.pages.pop()

    network.while_reading = taken_over

    # when
    stored = worker().work()

    # then
    (state,) = conversations.accounts()
    assert stored == 0
    assert state.account.position == {"page": 2}
    assert (state.failures, state.last_error) == (0, None)


def test_given_a_stopped_worker_whose_network_fails_then_the_successor_is_not_blamed(
    engine: Engine,
    worker: Callable[[], Poller],
    account: ChannelAccount,
    network: Interrupted,
    conversations: Conversations,
) -> None:
    # given
    def taken_over() -> None:
        lapse(engine)
        worker().work()
        raise ChannelUnavailableError("too late")

    network.while_reading = taken_over

    # when
    worker().work()

    # then
    assert conversations.accounts()[0].failures == 0


def test_a_lease_is_renewed_as_long_as_the_work_lasts_and_then_no_more() -> None:
    # given
    renewals = threading.Semaphore(0)

    def renew() -> bool:
        renewals.release()
        return True

    # when
    with Lease(renew, seconds=0.03, longest=60) as lease:
        seen = [renewals.acquire(timeout=30) for _ in range(3)]
        ours = lease.still_ours()

    # then
    while renewals.acquire(blocking=False):
        pass
    assert (seen, ours) == ([True] * 3, True)
    assert not renewals.acquire(timeout=0.1)


def test_a_lease_that_is_another_s_is_not_renewed_again() -> None:
    # given
    asked = threading.Semaphore(0)

    def renew() -> bool:
        asked.release()
        return False

    # when
    with Lease(renew, seconds=0.03, longest=60) as lease:
        assert asked.acquire(timeout=30)
        again = asked.acquire(timeout=0.1)

    # then
    assert not again
    assert not lease.still_ours()


def test_a_worker_that_hangs_lets_its_lease_go_though_its_thread_lives() -> None:
    # given
    renewals = threading.Semaphore(0)

    def renew() -> bool:
        renewals.release()
        return True

    # when
    with Lease(renew, seconds=0.03, longest=0):
        renewed = renewals.acquire(timeout=0.1)

    # then
    assert not renewed


def test_a_lease_that_may_not_last_long_enough_is_renewed_before_it_is_relied_on() -> None:
    # given
    answers = [True, False]

    # when
    with Lease(lambda: answers.pop(0), seconds=60, longest=60) as lease:
        short = lease.still_ours(for_seconds=1)
        unused = len(answers)
        long = [lease.still_ours(for_seconds=61) for _ in range(2)]

    # then
    assert (short, unused, long) == (True, 2, [True, False])


def test_a_database_that_is_away_for_a_moment_costs_no_lease() -> None:
    # given
    def renew() -> bool:
        raise ConnectionError

    # when
    with Lease(renew, seconds=60, longest=60) as lease:
        relied_on = [lease.still_ours(for_seconds=61), lease.still_ours()]

    # then: it cannot be made longer, and what is left of it is still ours
    assert relied_on == [False, True]


@pytest.fixture
def conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1),)))


@pytest.fixture
def other(engine: Engine, outbox: Outbox, network: Interrupted) -> Outbox:
    """What sends the replies in one more worker."""
    return Outbox(engine, {"fake": network})


@pytest.mark.usefixtures("conversation")
def test_given_a_reply_that_is_being_sent_when_others_look_then_it_is_not_taken_for_left_behind(
    engine: Engine, outbox: Outbox, other: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given: the clock of the other host is far ahead
    start(engine)
    touched: list[int] = []

    def look() -> None:
        clock.passes(hours=5)
        touched.append(other.work())
        clock.passes(hours=-5)

    network.while_sending = look

    # when
    outbox.work()

    # then
    assert touched == [0]
    assert len(network.posted) == len(network.calls) == 1


@pytest.mark.usefixtures("conversation")
def test_given_a_sender_alone_when_it_begins_then_it_waits_for_no_lease(
    engine: Engine, outbox: Outbox, network: Interrupted, conversations: Conversations
) -> None:
    # given
    start(engine)
    network.while_sending = dies
    with pytest.raises(KeyboardInterrupt):
        outbox.work()

    # when
    beside_others = Outbox(engine, {"fake": network}).begin()
    alone = Outbox(engine, {"fake": network}, alone=True).begin()

    # then
    assert (beside_others, alone) == (0, 1)
    assert conversations.reply(1).status is ReplyStatus.UNKNOWN


class Successor:
    """A worker that sends the reply again, and is in the midst of it when the first one reports."""

    def __init__(
        self, engine: Engine, outbox: Outbox, network: Interrupted, clock: FakeClock
    ) -> None:
        self.engine, self.outbox, self.network, self.clock = engine, outbox, network, clock
        self.seen: list[ReplyStatus] = []
        self._begun, self._reported = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work)

    def begins(self) -> None:
        """Let the lease of the first one be over, and wait until the network is called."""
        lapse(self.engine)
        self.network.while_sending = self._wait
        self._thread.start()
        assert self._begun.wait(30)

    def goes_on(self) -> None:
        """Let the call end, and wait until the outcome is written."""
        self._reported.set()
        self._thread.join(30)

    def _work(self) -> None:
        for _ in range(BELIEVED + 1):
            if not self._begun.is_set():
                self.outbox.work()
                self.clock.passes(minutes=1)

    def _wait(self) -> None:
        self._begun.set()
        assert self._reported.wait(30)
        self.seen.append(Conversations(self.engine).reply(1).status)


@pytest.fixture
def successor(engine: Engine, other: Outbox, network: Interrupted, clock: FakeClock) -> Successor:
    return Successor(engine, other, network, clock)


@pytest.mark.usefixtures("conversation")
def test_given_a_late_failure_while_the_next_attempt_is_under_way_then_that_one_goes_on(
    engine: Engine,
    outbox: Outbox,
    successor: Successor,
    network: Interrupted,
    conversations: Conversations,
) -> None:
    # given
    start(engine)

    def late_failure() -> None:
        successor.begins()
        raise ChannelUnavailableError("nothing was posted")

    network.while_sending = late_failure

    # when
    outbox.work()
    successor.goes_on()

    # then
    assert successor.seen == [ReplyStatus.SENDING]
    assert conversations.reply(1).status is ReplyStatus.SENT
    assert len(network.calls) == 1


@pytest.mark.usefixtures("conversation")
def test_given_an_old_answer_that_a_reply_is_not_there_then_the_next_attempt_goes_on(
    engine: Engine,
    outbox: Outbox,
    successor: Successor,
    network: Interrupted,
    clock: FakeClock,
    conversations: Conversations,
) -> None:
    # given: two workers ask at once, and one is sending again when the other hears "not there"
    start(engine)
    network.while_sending = dies
    with pytest.raises(KeyboardInterrupt):
        outbox.work()
    lapse(engine)
    for _ in range(BELIEVED):
        outbox.work()
        clock.passes(minutes=1)
    network.while_looking = successor.begins

    # when
    outbox.work()
    successor.goes_on()

    # then
    assert successor.seen == [ReplyStatus.SENDING]
    assert conversations.reply(1).status is ReplyStatus.SENT
    assert len(network.calls) == 1


@pytest.mark.usefixtures("conversation")
def test_an_unknown_reply_is_asked_about_by_one_worker_at_a_time(
    engine: Engine, outbox: Outbox, other: Outbox, network: Interrupted, clock: FakeClock
) -> None:
    # given
    start(engine)
    network.while_sending = dies
    with pytest.raises(KeyboardInterrupt):
        outbox.work()
    lapse(engine)
    asked: list[int] = []
    network.while_looking = lambda: asked.append(other.settle(clock.now()))

    # when
    outbox.work()

    # then
    assert asked == [0]


@pytest.mark.usefixtures("conversation")
def test_given_a_sender_taken_for_dead_when_it_reports_that_it_went_out_then_it_is_believed(
    engine: Engine,
    outbox: Outbox,
    other: Outbox,
    network: Interrupted,
    conversations: Conversations,
    clock: FakeClock,
) -> None:
    # given
    instance = start(engine)

    def taken_for_dead() -> None:
        lapse(engine)
        assert other.recover(clock.now()) == 1

    network.while_sending = taken_for_dead

    # when
    outbox.work()

    # then
    assert conversations.reply(1).status is ReplyStatus.SENT
    assert engine.instance(instance).status is InstanceStatus.COMPLETED
    assert len(network.calls) == 1


def test_given_a_sender_that_was_stopped_between_two_replies_then_it_does_not_send_the_rest(
    engine: Engine,
    outbox: Outbox,
    other: Outbox,
    intake: Intake,
    account: ChannelAccount,
    network: Interrupted,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given: two conversations, a reply each, in one batch
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))
    start(engine, "first")
    start(engine, "second", conversation=2)
    # Every call is preceded by a look at the lease, as after a long stop.
    monkeypatch.setattr("channels.outbox.LONGEST_CALL", 1e9)

    def taken_over() -> None:
        lapse(engine)
        other.recover(clock.now())

    network.while_sending = taken_over

    # when
    outbox.send_due(clock.now())
    by_the_stopped_one = [reply.text for reply in network.calls]
    monkeypatch.undo()
    for _ in range(BELIEVED + 2):
        other.work()
        clock.passes(minutes=1)

    # then
    assert by_the_stopped_one == ["first"]
    assert sorted(network.posted.values()) == ["first", "second"]
    assert len(network.calls) == 2
