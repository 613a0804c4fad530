"""Accounts are tried before they are kept, and what is wrong is told without their secrets."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from channels import networks
from channels.accounts import HANDLE, Accounts, addable
from channels.errors import (
    AccountRejectedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    CredentialsError,
)
from channels.model import ChannelAccount
from engine import Engine
from tests.channels.accounts.conftest import GIVEN, quotes_a_secret, rows, secrets_of
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork, away


def test_an_account_that_works_is_kept_and_says_what_was_found(
    accounts: Accounts, engine: Engine, pretend: PretendNetwork
) -> None:
    # when
    account, found = accounts.add("pretend", "@acme", GIVEN, by="oli")

    # then
    assert (account.handle, account.enabled) == ("acme", True)
    assert account.settings == {"server": "https://pretend.example", "page": 40, "boosts": True}
    assert [(one.what, one.found) for one in found] == [
        ("Log in", "as acme with ***"), ("Read", "3 posts"),
    ]  # fmt: skip
    assert secrets_of(engine, account.id) == {"token": TOKEN}
    assert pretend.checked[0].secrets == {"token": TOKEN}


def test_what_the_network_refuses_is_not_kept_and_the_token_is_not_quoted(
    accounts: Accounts, engine: Engine
) -> None:
    # when / then
    with pytest.raises(ChannelRefusedError, match="Make a new one") as refused:
        accounts.add("pretend", "acme", GIVEN | {"token": "tok-wrong"})
    assert "tok-wrong" not in str(refused.value)
    assert rows(engine) == []


def test_an_outage_keeps_nothing_and_a_fault_of_the_network_is_told_without_secrets(
    accounts: Accounts, engine: Engine, pretend: PretendNetwork, logged: list[Any]
) -> None:
    # when / then
    pretend.failure = away(quote(TOKEN, safe=""))
    with pytest.raises(ChannelUnavailableError, match=r"key=\*\*\* timed out"):
        accounts.add("pretend", "acme", GIVEN)

    pretend.failure = KeyError(f"no {TOKEN} here")
    with pytest.raises(ChannelRefusedError, match="KeyError") as fault:
        accounts.add("pretend", "acme", GIVEN)
    assert not quotes_a_secret(str(fault.value))
    assert fault.value.__cause__ is None and fault.value.__suppress_context__
    (line,) = logged
    assert "pretending.py" in line["exception"]
    assert not quotes_a_secret(json.dumps(logged))
    assert rows(engine) == []


def test_an_account_may_be_kept_untried(accounts: Accounts, pretend: PretendNetwork) -> None:
    # when
    account, found = accounts.add("pretend", "acme", GIVEN | {"token": "later"}, tried=False)

    # then
    assert account.id and found == ()
    assert pretend.checked == []


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_tried(
    accounts: Accounts, pretend: PretendNetwork
) -> None:
    # when
    with pytest.raises(AccountRejectedError) as rejected:
        accounts.add("pretend", " @ ", {"server": "x", "page": "many", "tone": "loud", "huh": "1"})

    # then
    assert rejected.value.errors.keys() == {HANDLE, "server", "page", "tone", "token", "huh"}
    assert pretend.checked == []


@pytest.mark.parametrize("handle", ["acme", "@ACME", " acme "])
def test_an_account_is_added_once_in_any_spelling(
    accounts: Accounts, engine: Engine, kept: ChannelAccount, handle: str
) -> None:
    # when / then
    with pytest.raises(AccountRejectedError, match="already"):
        accounts.add("pretend", handle, GIVEN)
    assert secrets_of(engine, kept.id) == {"token": TOKEN, "signing": SIGNING}


@pytest.mark.parametrize("handle", ["", "a" * 256, "a\nb", "a\x1b[2Jb"])
def test_a_handle_is_a_short_line_of_text(accounts: Accounts, handle: str) -> None:
    with pytest.raises(AccountRejectedError, match="handle"):
        accounts.add("pretend", handle, GIVEN)


def test_without_a_key_nothing_is_sent_anywhere(engine: Engine, pretend: PretendNetwork) -> None:
    # given
    accounts = Accounts(engine, {"pretend": pretend})

    # when / then
    with pytest.raises(CredentialsError, match="openssl rand -hex 32"):
        accounts.add("pretend", "acme", GIVEN)
    assert not accounts.can_keep_secrets()
    assert pretend.checked == []
    assert rows(engine) == []


def test_only_networks_that_ask_for_something_are_offered(accounts: Accounts) -> None:
    # then
    assert list(accounts.networks()) == ["pretend"]
    with pytest.raises(ChannelRefusedError, match="Choose one of pretend"):
        accounts.add("recorded", "acme", {})


def test_every_network_asks_in_words_and_for_each_thing_once() -> None:
    for name, network in addable(networks.found()).items():
        names = [field.name for field in network.fields]
        assert network.title, name
        assert HANDLE not in names and len(names) == len(set(names)), name
        assert all(field.label for field in network.fields), name
        assert not [one.name for one in network.fields if one.secret and one.default], name
