"""Keys are replaced, and credentials are seen by the network they are for, and nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import update

from channels.accounts import Accounts
from channels.conversations import Conversations
from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    CredentialsError,
)
from channels.intake import Intake
from channels.model import ChannelAccount
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage.tables import AccountRow
from engine import Engine
from engine.errors import NotFoundError
from tests.channels.accounts.conftest import GIVEN, NEW, OLD, quotes_a_secret, rows, secrets_of
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork


def test_a_key_is_replaced_while_everything_goes_on(
    accounts: Accounts, engine: Engine, pretend: PretendNetwork, kept: ChannelAccount
) -> None:
    # given
    Conversations(engine).ensure_account("recorded", "acme")
    both = Accounts(engine, {"pretend": pretend}, Seals.of(f"{NEW},{OLD}"))

    # when
    count, closed = both.reseal()

    # then
    assert (count, closed) == (1, [])
    assert secrets_of(engine, kept.id, NEW) == {"token": TOKEN, "signing": SIGNING}
    with pytest.raises(CredentialsError):
        secrets_of(engine, kept.id, OLD)


def test_credentials_that_no_key_opens_are_named_and_left(
    engine: Engine, pretend: PretendNetwork, kept: ChannelAccount
) -> None:
    # when
    count, closed = Accounts(engine, {"pretend": pretend}, Seals.of(NEW)).reseal()

    # then
    assert (count, [one.handle for one in closed]) == (0, ["acme"])
    assert secrets_of(engine, kept.id) == {"token": TOKEN, "signing": SIGNING}


def test_no_column_holds_a_credential_in_clear_nor_does_any_object_show_one(
    accounts: Accounts, engine: Engine, kept: ChannelAccount, pretend: PretendNetwork
) -> None:
    # when
    accounts.check(kept.id)

    # then
    for row in rows(engine):
        assert not any(quotes_a_secret(repr(value)) for value in row)
    assert not quotes_a_secret(repr(pretend.checked[0]))
    assert not quotes_a_secret(repr(accounts.named("acme")))


def test_sealed_credentials_in_another_row_open_nothing(
    accounts: Accounts, engine: Engine, kept: ChannelAccount, pretend: PretendNetwork
) -> None:
    # given
    thief, _ = accounts.add("pretend", "thief", GIVEN | {"token": "mine"}, tried=False)
    globex = engine.create_workspace("globex", "Globex")
    beside = Accounts(globex, {"pretend": pretend}, Seals.of(OLD))
    there, _ = beside.add("pretend", "acme", GIVEN | {"token": "mine"}, tried=False)
    with engine.transaction() as uow:
        stolen = update(AccountRow).where(AccountRow.id.in_([thief.id, there.id]))
        uow.connection.execute(stolen.values(sealed=rows(engine)[0].sealed))

    # when / then
    for who, account in ((accounts, thief), (beside, there)):
        with pytest.raises(CredentialsError, match="cannot be opened"):
            who.check(account.id)
    assert pretend.checked == []


def test_another_workspace_neither_sees_nor_tries_nor_changes_an_account(
    engine: Engine, kept: ChannelAccount, pretend: PretendNetwork
) -> None:
    # given
    beside = Accounts(
        engine.create_workspace("globex", "Globex"), {"pretend": pretend}, Seals.of(NEW)
    )
    before = rows(engine)

    # when / then
    with pytest.raises(NotFoundError):
        beside.check(kept.id)
    with pytest.raises(NotFoundError):
        beside.change(kept.id, GIVEN)
    with pytest.raises(NotFoundError):
        beside.switch(kept.id, on=False)
    with pytest.raises(ChannelRefusedError, match="no channel account"):
        beside.named("acme")
    assert beside.reseal() == (0, [])
    assert rows(engine) == before


@pytest.mark.parametrize("kind", [ChannelUnavailableError, ChannelRefusedError, KeyError])
def test_what_a_poll_stores_and_logs_of_a_failure_holds_no_credential(
    accounts: Accounts, engine: Engine, intake: Intake, pretend: PretendNetwork,
    kept: ChannelAccount, logged: list[Any], kind: type[Exception],
) -> None:  # fmt: skip
    # given
    pretend.failure = kind(f"401 for {TOKEN}, signed {SIGNING}")

    # when
    Poller(engine, intake, {"pretend": pretend}, Seals.of(OLD)).work()

    # then
    state = Conversations(engine).account(kept.id)
    assert state.failures == 1 and state.last_error
    assert not quotes_a_secret(state.last_error)
    assert [line["event"] for line in logged] == ["channel.failed"]
    assert not quotes_a_secret(json.dumps(logged, default=repr))
