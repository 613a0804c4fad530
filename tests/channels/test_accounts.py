"""Accounts are tried before they are kept, and their credentials are seen by the network alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from sqlalchemy import select, update
from structlog.testing import LogCapture

from channels import networks
from channels.accounts import HANDLE, Accounts, Condition, addable, condition_of
from channels.conversations import Conversations
from channels.errors import (
    AccountRejectedError,
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
from tests.channels.conftest import FakeClock
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork, away

OLD, NEW = "0a" * 32, "0b" * 32
GIVEN = {"server": "https://pretend.example/", "token": TOKEN}


@pytest.fixture
def pretend() -> PretendNetwork:
    return PretendNetwork()


@pytest.fixture
def accounts(engine: Engine, pretend: PretendNetwork) -> Accounts:
    return Accounts(
        engine, {"pretend": pretend, "recorded": networks.found()["recorded"]}, Seals.of(OLD)
    )


@pytest.fixture
def kept(accounts: Accounts) -> ChannelAccount:
    return accounts.add("pretend", "@acme", GIVEN | {"signing": SIGNING}, tried=False)[0]


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """Return the lines that are logged."""
    structlog.reset_defaults()
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.reset_defaults()


def rows(engine: Engine) -> list[Any]:
    with engine.reading() as view:
        return list(view.connection.execute(select(AccountRow.__table__).order_by(AccountRow.id)))


def secrets_of(engine: Engine, account_id: int, key: str = OLD) -> dict[str, str]:
    account = Conversations(engine).account(account_id).account
    return dict(Seals.of(key).opened(engine.workspace.key, account).secrets)


def quotes_a_secret(text: str) -> bool:
    return any(one in text for one in (TOKEN, SIGNING, quote(TOKEN, safe=""), "s3cret"))


# Adding


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
    accounts.change(kept.id, {"server": "https://other.example", "page": "5", "token": ""})

    # then
    changed = Conversations(engine).account(kept.id).account
    assert changed.settings["server"] == "https://other.example"
    assert changed.settings["variables"] == {"answer_within": "PT1H"}
    assert secrets_of(engine, kept.id) == {"token": TOKEN, "signing": SIGNING}


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


# Keys, and who sees what


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
