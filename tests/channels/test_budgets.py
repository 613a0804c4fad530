"""What a network allows an account is one budget of all workers; answers come first."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels import budgets
from channels.budgets import Budget, Purpose
from channels.errors import ChannelUnavailableError
from channels.intake import Intake
from channels.model import ChannelAccount, ReplyStatus
from channels.model import Page as MentionPage
from channels.outbox import Outbox
from channels.polling import SLOWEST, Poller
from channels.storage import budgets as stored
from channels.storage.accounts import state
from engine import Engine, InstanceStatus, Source
from tests.channels.conftest import FakeClock, FakeNetwork, mention
from tests.channels.wishing import WISHING, states, wish

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def in_an_hour() -> datetime:
    """Windows end by the clock of the database, which no test moves."""
    return datetime.now(UTC) + timedelta(hours=1)


class Limited(FakeNetwork):
    """A network that says how often it may still be called."""

    def __init__(self) -> None:
        super().__init__()
        self.tells: list[Budget] = []

    def _tell(self) -> None:
        for one in self.tells:
            budgets.told(
                one.bucket, remaining=one.remaining, resets_at=one.resets_at,
                purpose=one.purpose, most=one.most,
            )  # fmt: skip

    def fetch(
        self, account: ChannelAccount, after: Mapping[str, Any] | None
    ) -> Iterator[MentionPage]:
        self._tell()
        yield from super().fetch(account, after)

    def send(self, account: ChannelAccount, reply: Any) -> str:
        self._tell()
        return super().send(account, reply)


@pytest.fixture
def network() -> Limited:
    return Limited()


@pytest.fixture
def outbox(engine: Engine, network: Limited) -> Outbox:
    engine.deploy([Source("answering.bpmn", WISHING.encode())])
    return Outbox(engine, {"fake": network})


@pytest.fixture
def conversations_of_three(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, MentionPage(tuple(mention(n, thread=f"t{n}") for n in range(1, 4))))


def keep(engine: Engine, account: ChannelAccount, *told: Budget) -> None:
    with engine.transaction() as uow:
        stored.keep(uow.connection, uow.workspace_id, account.id, told)


def known(engine: Engine, account: ChannelAccount) -> dict[str, int]:
    with engine.reading() as view:
        return {one.bucket: one.remaining for one in stored.of_account(view.connection, account.id)}


@pytest.mark.parametrize(
    ("budget", "left"),
    [
        (Budget("b", 100, NOW, Purpose.READING), 100),
        (Budget("b", 100, NOW, Purpose.BOTH, 300), 25),
        (Budget("b", 75, NOW, Purpose.BOTH, 300), 0),
        (Budget("b", 1, NOW, Purpose.BOTH), 0),
    ],
)
def test_reading_leaves_a_share_to_answers(budget: Budget, left: int) -> None:
    assert budget.left_to_reading == left


def test_reading_is_spread_over_the_rest_of_the_window() -> None:
    # given
    window = NOW + timedelta(minutes=15)
    told = [Budget("a", 90, window, Purpose.READING), Budget("b", 5, window, Purpose.ANSWERING)]

    # then
    assert budgets.reading_pause(told, NOW) == 10
    assert budgets.reading_pause([], NOW) == 0
    assert budgets.reading_pause(told, window) == 0
    assert budgets.is_spent([Budget("a", 0, window, Purpose.READING)], NOW)
    assert not budgets.is_spent(told, NOW)


def test_what_is_told_where_nobody_listens_is_lost_and_each_listener_hears_its_own() -> None:
    budgets.told("a", remaining=1, resets_at=NOW)
    with budgets.listening() as heard:
        budgets.told("a", remaining=5, resets_at=NOW)
        budgets.told("a", remaining=-1, resets_at=NOW)
        with budgets.listening() as inner:
            pass
    assert (len(heard), inner) == (2, [])
    assert [one.remaining for one in budgets.latest(heard)] == [0]


def test_of_one_window_the_smaller_number_counts_and_a_new_window_begins_anew(
    engine: Engine, account: ChannelAccount
) -> None:
    # given: answers of two workers that come in another order than they were given
    window = in_an_hour()
    keep(engine, account, Budget("b", 7, window))
    keep(engine, account, Budget("b", 9, window))
    first = known(engine, account)

    # when
    keep(engine, account, Budget("b", 50, window + timedelta(minutes=15)))
    keep(engine, account, Budget("b", 1, window))

    # then
    assert (first, known(engine, account)) == ({"b": 7}, {"b": 50})


def test_a_window_that_is_over_says_nothing(engine: Engine, account: ChannelAccount) -> None:
    keep(engine, account, Budget("b", 0, datetime(2020, 1, 1, tzinfo=UTC)))
    assert known(engine, account) == {}


@pytest.mark.usefixtures("conversations_of_three")
def test_given_a_spent_budget_then_replies_wait_for_the_next_window_and_nothing_has_failed(
    engine: Engine, outbox: Outbox, network: Limited, account: ChannelAccount, clock: FakeClock
) -> None:
    # given
    keep(
        engine,
        account,
        Budget("posts", 1, in_an_hour(), Purpose.ANSWERING),
        Budget("x", 0, in_an_hour(), Purpose.READING),
    )
    instances = [wish(engine, f"answer {n}", conversation=n) for n in (1, 2, 3)]

    # when
    outbox.work()

    # then
    assert len(network.calls) == 1
    assert states(engine).count(ReplyStatus.APPROVED) == 2
    assert engine.incidents() == []

    # when: the next window
    with engine.transaction() as uow:
        uow.connection.exec_driver_sql("DELETE FROM channel_budget")
    clock.passes(hours=2)
    outbox.work()

    # then
    assert len(network.calls) == 3
    assert {engine.instance(one).status for one in instances} == {InstanceStatus.COMPLETED}


@pytest.mark.usefixtures("conversations_of_three")
def test_given_two_workers_then_they_send_no_more_together_than_the_network_allows(
    engine: Engine, outbox: Outbox, network: Limited, account: ChannelAccount, clock: FakeClock
) -> None:
    # given
    other = Outbox(engine, {"fake": network})
    keep(engine, account, Budget("posts", 2, in_an_hour(), Purpose.BOTH, 100))
    for number in (1, 2, 3):
        wish(engine, f"answer {number}", conversation=number)
    begun = threading.Barrier(2)

    def work(one: Outbox) -> None:
        begun.wait(30)
        one.send_due(clock.now())

    # when
    threads = [threading.Thread(target=work, args=(one,)) for one in (outbox, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    # then
    assert len(network.calls) == 2
    assert known(engine, account) == {"posts": 0}


@pytest.mark.usefixtures("conversations_of_three")
def test_what_a_network_tells_while_it_is_answered_is_kept_however_that_ends(
    engine: Engine, outbox: Outbox, network: Limited, account: ChannelAccount
) -> None:
    # given
    network.tells = [Budget("posts", 17, in_an_hour(), Purpose.ANSWERING, 100)]
    network.failures = [ChannelUnavailableError("429", retry_after=60)]
    wish(engine)

    # when
    outbox.work()

    # then
    assert known(engine, account) == {"posts": 17}


def next_look(engine: Engine, account: ChannelAccount, clock: FakeClock) -> float:
    with engine.reading() as view:
        told = state(view.connection, view.workspace_id, account.id)
    assert told is not None
    assert told.next_poll_at is not None
    return (told.next_poll_at - clock.now()).total_seconds()


def test_given_little_that_is_left_then_reading_slows_down(
    engine: Engine, intake: Intake, network: Limited, account: ChannelAccount, clock: FakeClock
) -> None:
    # given: an hour, and five looks beyond what is kept for answers
    poller = Poller(engine, intake, {"fake": network})
    network.tells = [Budget("calls", 30, in_an_hour(), Purpose.BOTH, 100)]

    # when
    poller.work()

    # then
    assert SLOWEST < next_look(engine, account, clock) < 800


def test_given_nothing_that_is_left_to_reading_then_the_network_is_not_called_at_all(
    engine: Engine, intake: Intake, network: Limited, account: ChannelAccount, clock: FakeClock
) -> None:
    # given: answers have used it up, and others still may
    keep(engine, account, Budget("calls", 20, in_an_hour(), Purpose.BOTH, 100))
    network.pages = [MentionPage((mention(1),))]
    poller = Poller(engine, intake, {"fake": network})

    # when
    read = poller.work()

    # then
    assert read == 0
    assert 3000 < next_look(engine, account, clock) <= 3600
    assert Poller(engine, intake, {"fake": network}).poll(clock.passes(hours=2)) == 0
