"""What a person is told who adds an account; nothing is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from tests.networks.bluesky.conftest import Stage


def tried(stage: Stage) -> dict[str, str]:
    return {one.what: one.found for one in stage.network.check(stage.account)}


def test_an_account_that_does_is_told_what_it_can(stage: Stage) -> None:
    stage.says()
    writes = stage.world.writes
    assert tried(stage) == {
        "log in": "as acme.test",
        "read mentions": "the newest is of 02 March 2026, 09:00 UTC",
        "filters": "every mention, reply and quote is told",
        "direct messages": "are read, and answered in private",
    }
    assert stage.world.writes == writes


def test_mentions_that_are_filtered_are_told_of(stage: Stage) -> None:
    stage.world.preferences = {
        "mention": {"include": "follows", "list": True}, "reply": {"include": "all", "list": False},
        "quote": {"include": "all", "list": True},
    }  # fmt: skip
    assert tried(stage)["filters"].startswith("a mention and a reply is not told of everybody")


def test_a_password_without_messages_is_told_of(stage: Stage) -> None:
    stage.world.messages_allowed = False
    assert "made with access" in tried(stage)["direct messages"]


def test_servers_that_say_little_do_not_fail_it(stage: Stage) -> None:
    stage.server.fail("500", "getPreferences")
    stage.server.fail("500", "listConvos")
    found = tried(stage)
    assert found["filters"] == "the server does not say"
    assert found["direct messages"] == "their server does not answer now"
    assert found["read mentions"] == "none yet"


def test_a_handle_of_another_account_is_refused(stage: Stage) -> None:
    stage.world.passwords["acme@example.com"] = "app-pass"
    stage.account = replace(stage.account, handle="acme@example.com")
    with pytest.raises(ChannelRefusedError, match=r"belongs to acme\.test"):
        tried(stage)


def test_trying_again_logs_in_again_though_the_password_was_refused_before(stage: Stage) -> None:
    stage.world.passwords["acme.test"] = "another"
    for _ in range(2):
        with pytest.raises(ChannelRefusedError, match="Invalid identifier or password"):
            tried(stage)
    stage.world.passwords["acme.test"] = "app-pass"
    assert tried(stage)["log in"] == "as acme.test"


def test_a_server_that_is_away_is_not_the_fault_of_the_account(stage: Stage) -> None:
    stage.server.down()
    with pytest.raises(ChannelUnavailableError):
        tried(stage)
    stage.server.up()
