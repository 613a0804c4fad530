"""What X says of an account that somebody has to mend, and trying one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.errors import ChannelRefusedError
from tests.networks.x.conftest import Stage, account_of
from tests.networks.x_server import SECRETS


def test_a_used_up_plan_is_no_pace_that_is_too_high(stage: Stage) -> None:
    stage.server.fails("capped", "/mentions")
    with pytest.raises(ChannelRefusedError, match="used up the posts its plan"):
        stage.look()


@pytest.mark.parametrize(("fault", "why"), [("401", "does not accept"), ("402", "no credits")])
def test_what_somebody_has_to_mend_says_what(stage: Stage, fault: str, why: str) -> None:
    stage.server.fails(fault, "/mentions")
    with pytest.raises(ChannelRefusedError, match=why):
        stage.look()


def test_wrong_keys_and_keys_of_another_account_are_told_apart(stage: Stage) -> None:
    # given
    wrong = account_of(stage.server)
    wrong = replace(wrong, secrets={**SECRETS, "access_token_secret": "wrong"})
    other = account_of(stage.server)
    object.__setattr__(other, "handle", "globex")
    none = account_of(stage.server)
    object.__setattr__(none, "secrets", {})

    # then
    for account, why in (
        (wrong, "does not accept"),
        (other, "those of @acme"),
        (none, "four keys"),
    ):
        with pytest.raises(ChannelRefusedError, match=why):
            stage.network.check(account)


def test_an_account_is_tried_without_writing(stage: Stage) -> None:
    # given
    stage.says("help")

    # when
    checked = stage.network.check(stage.account)

    # then
    assert [(one.what, one.found) for one in checked] == [
        ("log in", "as @acme"), ("read mentions", "1 of the newest"),
    ]  # fmt: skip
    assert {method for method, _ in stage.server.calls} == {"GET"}
