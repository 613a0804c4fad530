"""Accounts on a pretend network, and a look at what is stored and logged of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from sqlalchemy import select
from structlog.testing import LogCapture

from channels import networks
from channels.accounts import Accounts
from channels.conversations import Conversations
from channels.model import ChannelAccount
from channels.sealing import Seals
from channels.storage.tables import AccountRow
from engine import Engine
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork

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
