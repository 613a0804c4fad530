"""Which account is read when, and what happens when reading fails."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.intake import Intake
from channels.model import ChannelAccount, Page
from channels.polling import FASTEST, PAGES, SLOWEST, Poller, next_pause
from engine import Engine
from tests.channels.conftest import FakeClock, FakeNetwork, mention


@pytest.fixture
def poller(engine: Engine, intake: Intake, network: FakeNetwork) -> Poller:
    return Poller(engine, intake, {"fake": network})


def test_given_a_new_account_when_polled_then_it_is_read_at_once_and_then_after_a_pause(
    poller: Poller, account: ChannelAccount, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    network.pages = [Page((mention(1),))]

    # when
    first = poller.work()
    network.pages.append(Page((mention(2),)))
    at_once = poller.work()
    clock.passes(seconds=SLOWEST)
    later = poller.work()

    # then
    assert (first, at_once, later) == (1, 0, 1)


def test_a_long_past_is_read_a_few_pages_a_look(
    poller: Poller, account: ChannelAccount, network: FakeNetwork, clock: FakeClock
) -> None:
    network.pages = [Page((mention(n),)) for n in range(PAGES + 3)]
    assert poller.work() == PAGES
    clock.passes(seconds=SLOWEST)
    assert poller.work() == 3


def test_an_account_that_is_switched_off_is_left_alone(
    poller: Poller, account: ChannelAccount, network: FakeNetwork, conversations: Conversations
) -> None:
    conversations.change_account(account.id, enabled=False)
    network.pages = [Page((mention(1),))]
    assert poller.work() == 0


def test_pauses_shrink_with_news_and_grow_without_between_their_limits(
    account: ChannelAccount,
) -> None:
    assert next_pause(account, 20, news=True) == 10
    assert next_pause(account, 20, news=False) == 30
    assert next_pause(account, 6, news=True) == FASTEST
    assert next_pause(account, 55, news=False) == SLOWEST


def test_an_account_may_ask_for_other_limits() -> None:
    eager = ChannelAccount(1, "fake", "a", settings={"poll_seconds": [1, 3]})
    assert next_pause(eager, 15, news=False) == 3
    assert next_pause(eager, 1.5, news=True) == 1


@pytest.mark.parametrize(
    ("failure", "pause", "text"),
    [
        (ChannelUnavailableError("down", retry_after=300), 300, "down"),
        (ChannelRefusedError("token expired"), 600, "token expired"),
        (KeyError("secret"), 10, "The channel failed: KeyError."),
    ],
)
def test_a_failure_is_written_to_the_account_and_costs_a_pause(
    poller: Poller,
    account: ChannelAccount,
    network: FakeNetwork,
    conversations: Conversations,
    clock: FakeClock,
    failure: Exception,
    pause: int,
    text: str,
) -> None:
    # given
    network.fetch_failure = failure

    # when
    poller.work()

    # then
    (state,) = conversations.accounts()
    assert (state.failures, state.last_error) == (1, text)
    assert state.next_poll_at == clock.now() + timedelta(seconds=pause)
    assert text in str(state.alarm)

    # when
    network.fetch_failure = None
    clock.passes(seconds=pause)
    poller.work()

    # then
    (state,) = conversations.accounts()
    assert (state.failures, state.last_error, state.alarm) == (0, None, None)


def test_a_network_that_is_not_installed_is_an_error_of_its_account_alone(
    poller: Poller, account: ChannelAccount, network: FakeNetwork, conversations: Conversations
) -> None:
    conversations.ensure_account("nowhere", "acme")
    network.pages = [Page((mention(1),))]
    assert poller.work() == 1
    assert "no channel 'nowhere'" in str(conversations.accounts()[1].last_error)


def test_an_account_that_nobody_looks_at_raises_an_alarm(
    poller: Poller,
    account: ChannelAccount,
    network: FakeNetwork,
    conversations: Conversations,
    clock: FakeClock,
) -> None:
    # given
    network.pages = [Page((mention(1),))]
    poller.work()
    quiet = conversations.accounts()[0].alarm

    # when
    clock.passes(minutes=11)
    unread = conversations.accounts()[0].alarm

    # then
    assert quiet is None
    assert "not been looked at" in str(unread)


def test_it_is_scheduled_under_the_name_of_its_workspace(poller: Poller) -> None:
    names = []

    class Polls:
        def add_poll(self, name: str, seconds: float, func: object) -> None:
            names.append((name, seconds))

    poller.schedule(Polls())
    assert names == [("channels:default", 1.0)]
