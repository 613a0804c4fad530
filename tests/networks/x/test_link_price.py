"""Whoever writes an answer on X is told what it costs, and whether X takes it from us."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.model import ChannelAccount, Reply, ReplyStatus
from channels.networks.x.network import XNetwork
from channels.protocol import Charging, Inviting, Restricting

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
WRITTEN = Reply(0, 1, "So sorry.", False, ReplyStatus.APPROVED, "", MARCH,
                in_reply_to="12", thread="10", recipient="maya")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "settings", "price"),
    [
        ("See https://northwind.example/claims", {}, "$0.20"),
        ("See northwind.com", {}, "$0.20"),
        ("See https://northwind.example", {"prices": "link=0.35"}, "$0.35"),
        ("Version 2.0 is out.Sorry for the wait", {}, None),
    ],
)
def test_a_link_has_the_price_of_the_account(
    text: str, settings: dict[str, str], price: str | None
) -> None:
    # given
    network = XNetwork()
    account = ChannelAccount(1, "x", "northwind", settings=settings)

    # then
    assert isinstance(network, Charging)
    assert network.link_price(account, text) == price


@pytest.mark.parametrize(
    ("how", "settings", "micro"),
    [
        ({}, {}, 10_000),
        ({"text": "See https://northwind.example"}, {}, 200_000),
        ({"in_reply_to": None}, {}, 15_000),
        ({"private": True, "thread": "dm-10-12"}, {}, 15_000),
        ({"private": True}, {}, 25_000),  # X has to be asked who that is
        ({}, {"prices": "reply=0.5"}, 500_000),
    ],
)
def test_an_answer_has_the_price_of_what_it_is(
    how: dict[str, Any], settings: dict[str, str], micro: int
) -> None:
    account = ChannelAccount(1, "x", "northwind", settings=settings)
    assert XNetwork().reply_price(account, replace(WRITTEN, **how)) == micro


@pytest.mark.parametrize(
    ("how", "plan", "told"),
    [
        ({}, "pay-per-use", None),
        ({"answerable": False}, "pay-per-use", "X lets us answer this only in private, because"),
        ({"answerable": False}, "enterprise", None),
        ({"answerable": False, "private": True}, "pay-per-use", None),
        ({"in_reply_to": "dm-10"}, "enterprise", "cannot be answered in public"),
    ],
)
def test_whom_x_lets_us_answer_in_public_is_known_beforehand(
    how: dict[str, Any], plan: str, told: str | None
) -> None:
    # given
    network = XNetwork()
    account = ChannelAccount(1, "x", "northwind", settings={"plan": plan})

    # when
    refusal = network.chance(account, replace(WRITTEN, **how)).refusal

    # then
    assert isinstance(network, Restricting) and isinstance(network, Inviting)
    assert refusal is None if told is None else told in str(refusal)
