"""Mentions that the network will not show any more: told until somebody has acknowledged it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.accounts import Accounts
from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Gap, Page
from engine import Engine
from engine.errors import NotFoundError
from tests.channels.conftest import START


@pytest.fixture
def accounts(engine: Engine) -> Accounts:
    return Accounts(engine, {})


def _gap(begin: int, end: int, why: str = "800 mentions at most") -> Gap:
    return Gap(START + timedelta(hours=begin), START + timedelta(hours=end), why)


def test_a_gap_is_shown_until_acknowledged_and_does_not_come_back_with_its_page(
    intake: Intake,
    account: ChannelAccount,
    conversations: Conversations,
    accounts: Accounts,
) -> None:
    # given
    page = Page(gap=_gap(0, 3), position={"page": 1})
    intake.take(account, page)
    shown = conversations.account(account.id).gap

    # when
    seen = accounts.gap_seen(account.id, by="oli")
    intake.take(account, page)
    after = conversations.account(account.id).gap
    intake.take(account, Page(gap=_gap(5, 6)))

    # then
    assert shown == _gap(0, 3)
    assert (seen, after) == (True, None)
    assert conversations.account(account.id).gap == _gap(5, 6)


def test_gaps_that_nobody_has_seen_become_one(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    for gap in (_gap(2, 3), _gap(5, 9, "and more"), _gap(5, 9, "and more")):
        intake.take(account, Page(gap=gap))

    assert conversations.account(account.id).gap == _gap(2, 9, "and more")


def test_without_a_gap_there_is_nothing_to_acknowledge(
    account: ChannelAccount, accounts: Accounts
) -> None:
    assert accounts.gap_seen(account.id, by="oli") is False
    with pytest.raises(NotFoundError):
        accounts.gap_seen(99, by="oli")
