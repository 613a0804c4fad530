"""Accounts that are kept are tried, changed and switched; what is not given stays."""

from __future__ import annotations

import pytest

from channels.accounts import Accounts, Condition, condition_of
from channels.conversations import Conversations
from channels.errors import (
    AccountRejectedError,
    ChannelRefusedError,
    CredentialsError,
)
from channels.model import ChannelAccount
from channels.sealing import Seals
from engine import Engine
from tests.channels.accounts.conftest import GIVEN, NEW, rows, secrets_of
from tests.channels.conftest import FakeClock
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork

# Trying


def test_an_account_that_is_kept_is_tried_with_its_credentials(
    accounts: Accounts, engine: Engine, pretend: PretendNetwork, kept: ChannelAccount
) -> None:
    # given
    before = rows(engine)

    # when
    found = accounts.check(kept.id)

    # then
    assert [one.what for one in found] == ["Log in", "Read"]
    assert pretend.checked[0].secrets == {"token": TOKEN, "signing": SIGNING}
    assert rows(engine) == before


def test_an_account_that_is_told_nothing_has_nothing_to_try(
    accounts: Accounts, engine: Engine
) -> None:
    # given
    account = Conversations(engine).ensure_account("recorded", "acme", settings={"file": "x"})

    # when / then
    with pytest.raises(ChannelRefusedError, match="nothing to try"):
        accounts.check(account.id)
    assert accounts.told_to(account) == {}


def test_an_account_is_found_by_its_handle_or_with_its_network(
    accounts: Accounts, engine: Engine, kept: ChannelAccount
) -> None:
    # then
    for name in ("acme", "@Acme", "pretend/acme"):
        assert accounts.named(name).account.id == kept.id
    with pytest.raises(ChannelRefusedError, match="no channel account 'globex'"):
        accounts.named("globex")

    # when
    Conversations(engine).ensure_account("recorded", "acme")

    # then
    with pytest.raises(ChannelRefusedError, match="pretend/acme, recorded/acme"):
        accounts.named("acme")
    assert accounts.named("pretend/acme").account.id == kept.id


# Changing


def test_what_is_not_given_stays_and_what_the_network_does_not_know_too(
    accounts: Accounts, engine: Engine, kept: ChannelAccount
) -> None:
    # given
    settings = {**kept.settings, "variables": {"answer_within": "PT1H"}}
    Conversations(engine).change_account(kept.id, settings=settings)

    # when
    accounts.change(kept.id, {"server": "https://pretend.example", "page": "5", "token": ""})

    # then
    changed = Conversations(engine).account(kept.id).account
    assert changed.settings["page"] == 5
    assert changed.settings["variables"] == {"answer_within": "PT1H"}
    assert secrets_of(engine, kept.id) == {"token": TOKEN, "signing": SIGNING}


@pytest.mark.parametrize(
    ("more", "forget", "missing"),
    [
        ({}, [], {"token", "signing"}),
        ({"token": TOKEN}, [], {"signing"}),
        ({"token": TOKEN}, ["signing"], set()),
        ({"token": TOKEN, "signing": SIGNING}, [], set()),
    ],
)
def test_secrets_are_sent_to_no_other_server_than_they_were_told_for(
    accounts: Accounts,
    engine: Engine,
    pretend: PretendNetwork,
    kept: ChannelAccount,
    more: dict[str, str],
    forget: list[str],
    missing: set[str],
) -> None:
    # given
    before, elsewhere = rows(engine), {"server": "https://mine.example"}

    # when
    try:
        accounts.change(kept.id, elsewhere | more, forget=forget)
    except AccountRejectedError as rejected:
        wrong = rejected.errors
    else:
        wrong = {}

    # then
    assert wrong.keys() == missing
    assert all("Tell it again: Server would change" in why for why in wrong.values())
    assert (rows(engine) == before, pretend.checked == []) == (bool(missing), bool(missing))


def test_a_changed_account_is_read_at_once(
    accounts: Accounts, engine: Engine, kept: ChannelAccount, clock: FakeClock
) -> None:
    # when
    accounts.change(kept.id, GIVEN)

    # then
    assert Conversations(engine).account(kept.id).next_poll_at == clock.present


def test_a_change_that_does_not_work_changes_nothing(
    accounts: Accounts, engine: Engine, kept: ChannelAccount
) -> None:
    # given
    before = rows(engine)

    # when / then
    with pytest.raises(ChannelRefusedError) as refused:
        accounts.change(kept.id, GIVEN | {"token": "tok-wrong"})
    assert "tok-wrong" not in str(refused.value)
    assert rows(engine) == before


def test_a_secret_that_is_optional_can_be_forgotten_the_last_one_too(
    engine: Engine, accounts: Accounts, pretend: PretendNetwork, kept: ChannelAccount
) -> None:
    # when
    accounts.change(kept.id, GIVEN | {"token": ""}, forget=["signing"])

    # then
    assert secrets_of(engine, kept.id) == {"token": TOKEN}
    with pytest.raises(AccountRejectedError, match="token: Is missing"):
        accounts.change(kept.id, {"server": "https://x.example"}, forget=["token"])

    # when
    pretend.fields = tuple(one for one in pretend.fields if one.name != "token")  # type: ignore[assignment]
    accounts.change(kept.id, {"server": "https://x.example"}, tried=False)

    # then
    assert rows(engine)[0].sealed is None


def test_credentials_that_no_key_opens_are_replaced_or_stay_as_they_are(
    engine: Engine, pretend: PretendNetwork, kept: ChannelAccount
) -> None:
    # given
    elsewhere = Accounts(engine, {"pretend": pretend}, Seals.of(NEW))
    before = rows(engine)

    # when / then
    assert elsewhere.secrets_kept(kept) == frozenset()
    with pytest.raises(CredentialsError, match="cannot be opened"):
        elsewhere.change(kept.id, {"server": "https://x.example"}, tried=False)
    assert rows(engine) == before

    # when
    elsewhere.change(kept.id, GIVEN)

    # then
    assert secrets_of(engine, kept.id, NEW) == {"token": TOKEN}


def test_an_account_is_switched_off_and_on_and_then_read_at_once(
    accounts: Accounts, engine: Engine, kept: ChannelAccount, clock: FakeClock
) -> None:
    # when
    accounts.switch(kept.id, on=False)

    # then
    assert condition_of(Conversations(engine).account(kept.id)) is Condition.OFF

    # when
    accounts.switch(kept.id, on=True)

    # then
    state = Conversations(engine).account(kept.id)
    assert (condition_of(state), state.next_poll_at) == (Condition.NEW, clock.present)
