"""Customers beyond the newest are found as well, through the index where there is one."""

from __future__ import annotations

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Page
from channels.storage import finding
from tests.channels.conftest import mention

NAMES = (
    *("Zoë Silva", "eve_50%", "Bob", "李明", "Zoë Brandt", "x", "bobby"),
    *("Die Ärzte", "ÉCLAIR [?*^] 7-9", "ЖАННА Ж", "ΟΔΥΣΣΕΥΣ", "GROẞ"),
)


@pytest.fixture(autouse=True)
def _many(intake: Intake, account: ChannelAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, name in enumerate(NAMES, 1):
        intake.take(account, Page((mention(number, thread=f"t{number}", author=name),)))
    monkeypatch.setattr(finding, "NEWEST", 2)


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("zoë", ["Zoë Brandt", "Zoë Silva"]),
        ("ZOË S", ["Zoë Silva"]),
        ("bob", ["bobby", "Bob"]),
        ("ob", ["bobby", "Bob"]),
        ("x", ["x"]),
        ("明", ["李明"]),
        ("50%", ["eve_50%"]),
        ("e_5", ["eve_50%"]),
        ("ärzte", ["Die Ärzte"]),
        ("ÄRZ", ["Die Ärzte"]),
        ("éclair [?*^] 7-9", ["ÉCLAIR [?*^] 7-9"]),
        ("é*r", []),
        ("é?l", []),
        ("жанна", ["ЖАННА Ж"]),
        ("ж", ["ЖАННА Ж"]),
        ("οδυσσευσ", ["ΟΔΥΣΣΕΥΣ"]),
        ("groß", ["GROẞ"]),
        ("nobody at all, not in the slightest", []),
    ],
)
def test_old_and_new_customers_are_found_newest_first(
    conversations: Conversations, search: str, names: list[str]
) -> None:
    assert [customer.name for customer in conversations.customers(search)] == names


def test_what_is_found_comes_in_pages_across_the_end_of_the_newest(
    conversations: Conversations,
) -> None:
    # when
    first = conversations.customers("b", limit=2)
    rest = conversations.customers("b", before=first[-1].id, limit=2)

    # then
    assert [customer.name for customer in first + rest] == ["bobby", "Zoë Brandt", "Bob"]
