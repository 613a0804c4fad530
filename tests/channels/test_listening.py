"""Lines to networks: a wake-up for the next look, held by one worker, opened again when broken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from channels import listening
from channels.conversations import Conversations
from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.listening import REFUSED_PAUSE, Listener
from channels.model import ChannelAccount, Page
from channels.polling import Poller
from channels.storage.tables import AccountRow
from engine import Engine
from tests.channels.conftest import START, FakeClock, FakeNetwork, mention


class Line(FakeNetwork):
    """A network with a line, on which a test rings; it breaks when told."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = threading.Semaphore(0)
        self.calls_of_listen = 0
        self.breaks: Exception | None = None
        self.cut = threading.Event()
        self.ring: Callable[[], None] = lambda: None

    def listen(
        self, account: ChannelAccount, wake: Callable[[], None], ended: threading.Event
    ) -> None:
        self.calls_of_listen += 1
        self.ring = wake
        self.opened.release()
        if self.breaks is not None:
            raise self.breaks
        while not ended.wait(0.01) and not self.cut.is_set():
            pass


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def listener(engine: Engine, line: Line) -> Iterator[Listener]:
    made = Listener(engine, {"fake": line})
    yield made
    made.close()


def broken(listener: Listener) -> None:
    """Wait until every line has ended."""
    for each in list(listener._lines.values()):
        each.thread.join(10)


def test_what_is_heard_wakes_the_next_look_and_the_look_brings_it(
    engine: Engine,
    intake: object,
    listener: Listener,
    line: Line,
    account: ChannelAccount,
    conversations: Conversations,
    clock: FakeClock,
) -> None:
    # given: the account was just read, and is due in a while
    poller = Poller(engine, intake, {"fake": line})  # type: ignore[arg-type]
    poller.work()
    assert listener.work() == 1
    assert line.opened.acquire(timeout=10)
    line.pages = [Page((mention(1),))]
    clock.passes(seconds=1)
    assert poller.work() == 0

    # when
    line.ring()

    # then
    assert poller.work() == 1
    assert conversations.conversation(1).posts[0].external_id == "m1"


def test_many_rings_become_few_looks_and_the_last_is_not_lost(
    engine: Engine,
    listener: Listener,
    line: Line,
    account: ChannelAccount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    woken = threading.Semaphore(0)
    real = listening.hearing.wake

    def counting(*told: object) -> bool:
        woken.release()
        return real(*told)  # type: ignore[arg-type]

    monkeypatch.setattr(listening.hearing, "wake", counting)
    listener.work()
    assert line.opened.acquire(timeout=10)

    # when
    for _ in range(100):
        line.ring()

    # then: the first at once, one more for all others
    assert woken.acquire(timeout=10)
    assert woken.acquire(timeout=10)
    assert not woken.acquire(blocking=False)


def test_an_account_that_fails_keeps_its_pause(
    engine: Engine,
    listener: Listener,
    line: Line,
    account: ChannelAccount,
    conversations: Conversations,
) -> None:
    # given
    later = START + timedelta(hours=1)
    listener.work()
    assert line.opened.acquire(timeout=10)
    with engine.transaction() as uow:
        uow.connection.execute(update(AccountRow).values(failures=3, next_poll_at=later))

    # when
    line.ring()

    # then
    assert conversations.accounts()[0].next_poll_at == later


def test_of_two_workers_one_listens_and_the_other_takes_over(
    engine: Engine, listener: Listener, line: Line, account: ChannelAccount
) -> None:
    # given
    other = Listener(engine, {"fake": line})
    assert (listener.work(), other.work()) == (1, 0)
    assert (listener.work(), other.work()) == (1, 0)

    # when
    listener.close()

    # then
    assert other.work() == 1
    other.close()


def test_a_worker_whose_lease_is_anothers_ends_its_line(
    engine: Engine, listener: Listener, line: Line, account: ChannelAccount
) -> None:
    # given: it was stopped for longer than its lease, and another listens by now
    listener.work()
    with engine.transaction() as uow:
        uow.connection.execute(update(AccountRow).values(heard_by="another"))

    # when
    listener.work()
    broken(listener)

    # then
    assert listener.work() == 0


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (ChannelUnavailableError("down"), timedelta(minutes=2)),
        (ChannelRefusedError("no stream"), REFUSED_PAUSE),
        (RuntimeError("a fault"), timedelta(minutes=2)),
    ],
)
def test_a_line_that_breaks_at_once_is_opened_again_after_a_pause(
    listener: Listener,
    line: Line,
    account: ChannelAccount,
    clock: FakeClock,
    error: Exception,
    pause: timedelta,
) -> None:
    # given
    line.breaks = error
    listener.work()
    broken(listener)

    # when
    early = listener.work()
    clock.passes(seconds=pause.total_seconds())
    line.breaks = None
    later = listener.work()

    # then
    assert (early, later, line.calls_of_listen) == (0, 1, 2)


def test_an_account_that_is_turned_off_is_not_listened_to(
    listener: Listener, line: Line, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    listener.work()
    conversations.change_account(account.id, enabled=False)

    # when
    listener.work()
    broken(listener)

    # then
    assert listener.work() == 0


def test_networks_without_a_line_are_left_alone(
    engine: Engine, network: FakeNetwork, account: ChannelAccount
) -> None:
    assert Listener(engine, {"fake": network}).work() == 0


def test_it_is_scheduled_under_the_name_of_its_workspace(listener: Listener) -> None:
    names = []

    class Polls:
        def add_poll(self, name: str, seconds: float, func: object) -> None:
            names.append((name, seconds))

    listener.schedule(Polls())
    assert names == [("listening:default", 3.0)]
