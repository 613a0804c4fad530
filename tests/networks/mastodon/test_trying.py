"""An account is tried before it is kept: it reads, and writes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.networks.mastodon import MastodonNetwork
from channels.protocol import Adding, Listening
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, PLEROMA, TAKAHE, Make


def test_it_can_be_added_and_listened_to() -> None:
    assert isinstance(MastodonNetwork(), Adding)
    assert isinstance(MastodonNetwork(), Listening)


@pytest.mark.parametrize(
    ("make", "limits"),
    [(MASTODON, "500 characters, a link counts 23"), (TAKAHE, "500 characters, a link counts 23"),
     (PLEROMA, "500 characters, a link counts 23"),
     (GOTOSOCIAL, "5000 characters, a link counts 25")],
    ids=lambda told: getattr(told, "name", ""),
)  # fmt: skip
def test_a_good_account_is_told_about(
    stage_on: Callable[..., Stage], make: Make, limits: str
) -> None:
    # given
    stage = stage_on(make)
    stage.says("hello")

    # when
    found = {one.what: one.found for one in stage.network.check(stage.account)}

    # then
    assert found["log in"] == "as acme@social.example"
    assert found["read mentions"] == "the newest is of 02 March 2026, 09:00 UTC"
    assert found["limits"] == limits
    assert all(method == "GET" for method, *_ in stage.server.calls)


def test_mentions_that_the_server_throws_away_are_told(stage: Stage) -> None:
    stage.world.policy |= {"for_new_accounts": "drop"}
    found = {one.what: one.found for one in stage.network.check(stage.account)}
    assert found["filters"].startswith("mentions of new accounts are thrown away by the server")
    assert found["read mentions"] == "none yet"


def test_the_token_of_another_account_is_refused(stage: Stage) -> None:
    other = replace(stage.account, handle="emca@social.example")
    with pytest.raises(ChannelRefusedError, match="belongs to acme@social"):
        stage.network.check(other)


def test_an_account_without_a_server_says_so(stage: Stage) -> None:
    with pytest.raises(ChannelRefusedError, match="has no server"):
        stage.network.check(replace(stage.account, settings={}))


def test_a_server_that_is_down_is_said_to_be(stage: Stage) -> None:
    stage.server.down()
    with pytest.raises(ChannelUnavailableError):
        stage.network.check(stage.account)
    stage.server.up()
