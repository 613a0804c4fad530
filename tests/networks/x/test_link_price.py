"""Whoever writes an answer with a link on X is told what it costs."""

from __future__ import annotations

import pytest

from channels.model import ChannelAccount
from channels.networks.x.network import XNetwork
from channels.protocol import Charging


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
