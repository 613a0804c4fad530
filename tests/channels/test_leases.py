"""Several workers on one database: who may read an account, and who may not any more."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelUnavailableError
from channels.intake import Intake
from channels.leases import Lease
from channels.model import ChannelAccount, Page
from channels.polling import Poller
from engine import Engine
from tests.channels.conftest import FakeClock, PlainSignals, lapse, mention
from tests.channels.interrupted import Interrupted, dies


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


def test_given_a_worker_that_is_told_to_stop_then_another_goes_on_at_the_next_page(
    worker: Callable[[], Poller],
    account: ChannelAccount,
    network: Interrupted,
    clock: FakeClock,
) -> None:
    # given
    network.pages = [Page((mention(n),)) for n in range(3)]
    stopping = worker()
    network.while_reading = stopping.end

    # when
    before = stopping.work()
    clock.passes(minutes=1)
    after = worker().work()

    # then
    assert (before, after, stopping.work()) == (1, 2, 0)


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
