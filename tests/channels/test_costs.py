"""What calls cost is booked with what they brought; budgets stop reading in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from channels import costs
from channels.conversations import Conversations
from channels.errors import DeliveryUnknownError
from channels.intake import Intake
from channels.model import ChannelAccount, Cost, Page, Reply
from channels.outbox import Outbox
from channels.polling import Poller
from engine import Engine
from tests.channels.conftest import FakeClock, FakeNetwork, mention


class Dear(FakeNetwork):
    """A network that takes money, and is told how much an account may still spend."""

    def __init__(self) -> None:
        super().__init__()
        self.allowances: list[int | None] = []

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        self.allowances.append(account.allowance)
        return super().fetch(account, after)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        costs.spend(Cost("reply", 1, 10_000))
        return super().send(account, reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        costs.spend(Cost("own_post", 2, 2_000))
        return super().find(account, reply)


@pytest.fixture
def network() -> Dear:
    return Dear()


def page(*numbers: int) -> Page:
    mentions = tuple(mention(number) for number in numbers)
    paid = Cost("mention", len(numbers), 1_000 * len(numbers), "t1")
    return Page(
        mentions, costs=(paid, Cost("user_read", 1, 10_000), Cost("mention", 1, 1_000, "t9"))
    )


def test_reading_is_paid_by_account_and_by_the_conversation_it_was_for(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when
    intake.take(account, page(1, 2))
    intake.take(account, page(3))

    # then
    assert conversations.cost_of(1) == {"mention": 3_000}
    spent = conversations.account(account.id).spent
    assert spent is not None
    assert (spent.day, spent.month) == (25_000, 25_000)
    assert spent.by_kind == {"mention": 5_000, "user_read": 20_000}
    assert [state.spent for state in conversations.accounts()] == [spent]


def test_a_reply_and_looking_for_it_are_paid_once_each(
    listening: Engine, intake: Intake, account: ChannelAccount, outbox: Outbox,
    network: Dear, conversations: Conversations, clock: FakeClock,
) -> None:  # fmt: skip
    # given
    intake.take(account, Page((mention(1),)))
    network.failures = [DeliveryUnknownError("cut off")]
    network.loses_answers = True

    # when
    listening.start("answering", {"conversation": 1, "text": "Hi", "private": False,
                                  "approved": None})  # fmt: skip
    outbox.work()
    outbox.settle(clock.passes(minutes=1))

    # then
    assert conversations.cost_of(1) == {"reply": 10_000, "own_post": 2_000}


def test_yesterday_counts_for_the_month_and_last_month_for_nothing(
    listening: Engine, intake: Intake, account: ChannelAccount, clock: FakeClock,
    conversations: Conversations,
) -> None:  # fmt: skip
    # given: the second of March
    clock.passes(days=-2)
    intake.take(account, page(1))
    clock.passes(days=1)
    intake.take(account, page(2))
    clock.passes(days=1)
    intake.take(account, page(3))

    # then
    spent = conversations.account(account.id).spent
    assert spent is not None
    assert (spent.day, spent.month) == (12_000, 24_000)
    assert conversations.cost_of(1) == {"mention": 3_000}


@pytest.mark.parametrize(
    ("budgets", "left"),
    [({}, None), ({"budget_day": 0.02}, 8_000), ({"budget_month": 1}, 988_000),
     ({"budget_day": 0.02, "budget_month": 0.015}, 3_000), ({"budget_day": 0.001}, 0)],
)  # fmt: skip
def test_a_network_is_told_what_reading_may_still_cost(
    listening: Engine, intake: Intake, account: ChannelAccount, network: Dear,
    conversations: Conversations, budgets: dict[str, float], left: int | None,
) -> None:  # fmt: skip
    # given
    intake.take(account, page(1))
    conversations.change_account(account.id, settings=budgets)

    # when
    Poller(listening, intake, {"fake": network}).work()

    # then
    assert network.allowances == [left]


def test_a_budget_that_is_used_up_is_told_on_the_account(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    conversations.change_account(account.id, settings={"budget_day": 0.012, "budget_month": 5})
    before = conversations.account(account.id).spent

    # when
    intake.take(account, page(1))

    # then
    state = conversations.account(account.id)
    assert before is not None
    assert (before.day, before.budget_day, before.budget_month) == (0, 12_000, 5_000_000)
    assert state.alarm is not None
    assert state.alarm.startswith("Has cost $0.012 this day, of $0.012")


def test_what_costs_nothing_says_nothing(
    account: ChannelAccount, conversations: Conversations
) -> None:
    costs.spend(Cost("reply", 1, 10_000))  # nobody collects it
    assert conversations.account(account.id).spent is None


def test_a_notice_of_the_network_is_an_alarm(
    listening: Engine, intake: Intake, account: ChannelAccount, network: Dear,
    conversations: Conversations,
) -> None:  # fmt: skip
    Poller(listening, intake, {"fake": network}).work()
    intake.take(account, Page(position={"notices": {"count": "Far more than usual."}}))
    assert conversations.account(account.id).alarm == "Far more than usual."
    intake.take(account, Page(position={}))
    assert conversations.account(account.id).alarm is None


@pytest.mark.parametrize(
    ("micro", "told"),
    [(1_500_000, "$1.50"), (1_000, "$0.001"), (0, "$0.00"), (12_345_670_000, "$12,345.67")],
)  # fmt: skip
def test_sums_are_written_for_people(micro: int, told: str) -> None:
    assert costs.dollars(micro) == told
