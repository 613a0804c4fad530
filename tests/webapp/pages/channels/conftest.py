"""A whole application on the pretend network, and an operator at a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select

from channels import networks
from channels.conversations import Conversations
from channels.sealing import Seals
from channels.storage.tables import AccountRow
from engine import Engine
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork
from tests.webapp.conftest import PASSWORD, PEOPLE, SetClock
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings

As = Callable[[str], FlaskClient]

KEY = "c0" * 32
#: What the form of the pretend network sends.
FORM = {
    "handle": "@acme", "set.server": "https://pretend.example", "set.page": "40", "set.tone": "",
    "set.boosts": "no", "set.token": TOKEN, "set.signing": SIGNING,
}  # fmt: skip
SCRIPT = '"><script>alert(1)</script>'


@pytest.fixture
def pretend() -> PretendNetwork:
    return PretendNetwork()


@pytest.fixture
def settings() -> Settings:
    return Settings(database_url=None, credentials_key=KEY)


@pytest.fixture
def installation(
    clock: SetClock, settings: Settings, pretend: PretendNetwork, request: pytest.FixtureRequest
) -> Any:
    """Two workspaces on the pretend network; oli is an operator of the first, gil of the other."""
    engine = Engine.open("sqlite://", clock=clock)
    engine.create_workspace("globex", "Globex")
    known = {"pretend": pretend, "recorded": networks.found()["recorded"]}
    wired = wire(engine, settings, channels=known, hasher=PasswordHasher(1, 8, 1))
    for login, role in PEOPLE.items():
        wired.rooms.people.add("default", login, PASSWORD, roles=[role])
    wired.rooms.people.add("globex", "gil", PASSWORD, roles=["operator"])
    yield wired
    engine.close()


@pytest.fixture
def oli(browser: Any) -> Any:
    browser.log_in("oli")
    return browser


@pytest.fixture
def account(installation: Installation) -> int:
    """The id of an account that works."""
    given = {name.removeprefix("set."): text for name, text in FORM.items() if name != "handle"}
    return installation.services().accounts.add("pretend", "acme", given)[0].id


def rows(installation: Installation) -> list[Any]:
    with installation.engine.reading() as view:
        return list(view.connection.execute(select(AccountRow.__table__)))


def secrets_of(installation: Installation, id: int) -> dict[str, str]:
    kept = Conversations(installation.engine).account(id).account
    return dict(Seals.of(KEY).opened("default", kept).secrets)


def text_of(answer: Any) -> str:
    """Return a page as people read it, having checked that it shows no secret."""
    page = answer.get_data(as_text=True)
    assert not re.search("s3cret", page + str(answer.headers))
    return html.unescape(page)
