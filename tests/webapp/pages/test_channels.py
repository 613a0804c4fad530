"""Operators add, try and change channel accounts on pages; no secret ever comes back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select, update

from channels import networks
from channels.conversations import Conversations
from channels.errors import ChannelRefusedError
from channels.sealing import Seals
from channels.storage.tables import AccountRow
from engine import Engine
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork, away
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


def test_networks_are_offered_with_what_has_to_be_at_hand(oli: Any) -> None:
    # when
    empty, page = text_of(oli.get("/channels")), text_of(oli.get("/channels/add"))

    # then
    assert "No channel account yet" in empty
    assert "Have at hand: Server, Access token" in page
    assert "/channels/add/recorded" not in page
    assert oli.get("/channels/add/recorded").status_code == 404


def test_a_form_is_made_of_what_the_network_asks(oli: Any) -> None:
    # when
    page = text_of(oli.get("/channels/add/pretend"))

    # then
    for label in ("Server", "Posts a page", "Tone", "Read boosts", "Access token", "Signing key"):
        assert label in page
    assert 'value="40"' in page
    assert re.search(r'name="set\.boosts" value="yes" checked', page)
    for secret in ("token", "signing"):
        assert re.search(rf'name="set\.{secret}" type="password" value=""', page)
    assert "<option>warm</option>" in page


def test_an_account_that_works_is_kept_and_its_page_shown(
    oli: Any, installation: Installation
) -> None:
    # when
    answer = oli.post("/channels/add/pretend", **FORM)
    page = text_of(oli.get(answer.location))

    # then
    assert answer.status_code == 303
    assert "acme is added and read from now on. Log in: as acme with ***" in page
    (row,) = rows(installation)
    assert row.settings == {"server": "https://pretend.example", "page": 40, "boosts": False}
    assert secrets_of(installation, row.id) == {"token": TOKEN, "signing": SIGNING}
    assert "not read yet" in page
    assert '"acme"' not in text_of(oli.get("/channels")) and "@acme" in text_of(
        oli.get("/channels")
    )


def test_what_is_wrong_stands_beside_its_field_and_secrets_are_not_sent_back(
    oli: Any, installation: Installation, pretend: PretendNetwork
) -> None:
    # when
    wrong = {"handle": "", "set.server": "pretend", "set.page": SCRIPT}
    answer = oli.post("/channels/add/pretend", **FORM | wrong)

    # then
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for field, why in (
        ("handle", "Is missing."),
        ("server", "Is no address: write https://host."),
        ("page", "Is no number."),
    ):
        assert re.search(rf'id="wrong-{field}">.*?<span>{re.escape(why)}</span>', page, re.DOTALL)
    assert "3 things are missing or wrong" in page
    assert 'value="pretend"' in page
    assert "<script>alert" not in page
    assert '<details class="more-settings" open' in page
    assert "Type it again" in text_of(answer)
    assert rows(installation) == [] and pretend.checked == []


@pytest.mark.parametrize(
    "failure",
    [
        away(),
        ChannelRefusedError(f"<b>The token {TOKEN}</b> is {SCRIPT}."),
        KeyError(TOKEN),
    ],
)
def test_what_the_network_says_is_told_without_secrets_and_nothing_is_kept(
    oli: Any, installation: Installation, pretend: PretendNetwork, failure: Exception
) -> None:
    # given
    pretend.failure = failure

    # when
    answer = oli.post("/channels/add/pretend", **FORM)

    # then
    assert answer.status_code == 422
    assert "It does not work yet; nothing is kept." in text_of(answer)
    assert b"<script>alert" not in answer.data and b"<b>The token" not in answer.data
    assert rows(installation) == []


def test_an_account_of_that_handle_is_not_added_again(oli: Any, account: int) -> None:
    answer = oli.post("/channels/add/pretend", **FORM | {"handle": "ACME"})
    assert answer.status_code == 422
    assert "Is an account of this workspace already." in text_of(answer)


def test_the_page_of_an_account_says_how_it_does(
    oli: Any, installation: Installation, account: int, clock: SetClock
) -> None:
    # given
    hour = timedelta(hours=1)
    gap = {
        "since": (clock.now() - 3 * hour).isoformat(),
        "until": (clock.now() - 2 * hour).isoformat(),
        "why": "It shows 800 posts.",
    }
    values = {
        "failures": 3, "last_error": "401 Unauthorized", "gap": gap,
        "last_success_at": clock.now() - hour, "last_mention_at": clock.now() - 2 * hour,
    }  # fmt: skip
    with installation.engine.transaction() as uow:
        uow.connection.execute(update(AccountRow).values(**values))

    # when
    page, listed = text_of(oli.get(f"/channels/{account}")), text_of(oli.get("/channels"))

    # then
    for words in (
        "failing", "60 min ago", "2 h ago", "3 in a row", "Cannot be read: 401 Unauthorized",
        "Mentions may be missing", "06:00 UTC", "It shows 800 posts.",
    ):  # fmt: skip
        assert words in page, words
    assert page.count("401 Unauthorized") == 1
    assert "Cannot be read: 401" in listed and "mentions may be missing" in listed

    # when
    oli.post(f"/channels/{account}/gap")

    # then
    assert "Mentions may be missing" not in text_of(oli.get(f"/channels/{account}"))


def test_an_account_is_tried_on_its_page(
    oli: Any, account: int, pretend: PretendNetwork, installation: Installation
) -> None:
    # given
    before = rows(installation)

    # when
    well = text_of(oli.post(f"/channels/{account}/test"))
    pretend.failure = away()
    ill = text_of(oli.post(f"/channels/{account}/test"))

    # then
    assert "It works. Nothing was written." in well and "3 posts" in well
    assert "It does not work." in ill and "key=*** timed out" in ill
    assert rows(installation) == before


def test_a_secret_left_empty_stays_and_a_new_one_replaces_it(
    oli: Any, account: int, installation: Installation
) -> None:
    # when
    page = text_of(oli.get(f"/channels/{account}"))
    sent = FORM | {"set.token": "", "set.signing": "", "set.page": "7", "set.boosts": "yes"}
    answer = oli.post(f"/channels/{account}/settings", **sent)

    # then
    assert page.count("leave empty to keep it") == 2
    assert answer.status_code == 303
    assert secrets_of(installation, account) == {"token": TOKEN, "signing": SIGNING}
    assert rows(installation)[0].settings["page"] == 7
    assert rows(installation)[0].settings["boosts"] is True

    # when
    oli.post(f"/channels/{account}/settings", **sent | {"set.signing": "new", "forget": "token"})
    kept = secrets_of(installation, account)
    oli.post(f"/channels/{account}/settings", **sent | {"forget": "signing"})

    # then
    assert kept == {"token": TOKEN, "signing": "new"}
    assert secrets_of(installation, account) == {"token": TOKEN}


def test_a_change_that_does_not_work_changes_nothing(
    oli: Any, account: int, installation: Installation
) -> None:
    # given
    before = rows(installation)

    # when
    refused = oli.post(f"/channels/{account}/settings", **FORM | {"set.token": "tok-wrong-s3cret"})
    wrong = oli.post(f"/channels/{account}/settings", **FORM | {"set.page": "x"})

    # then
    assert refused.status_code == wrong.status_code == 422
    assert "It does not work with that; nothing is changed." in text_of(refused)
    assert "Is no number." in text_of(wrong)
    assert rows(installation) == before


def test_an_account_is_switched_off_and_on(
    oli: Any, account: int, installation: Installation
) -> None:
    # when
    oli.post(f"/channels/{account}/enabled", on="0")
    off = text_of(oli.get(f"/channels/{account}"))
    oli.post(f"/channels/{account}/enabled", on="1")

    # then
    assert "acme is not read any more." in off and "none while it is off" in off
    assert rows(installation)[0].enabled is True


def test_an_account_of_a_network_that_asks_nothing_has_a_page_without_a_form(
    oli: Any, installation: Installation
) -> None:
    # given
    known = installation.services().conversations.ensure_account("recorded", "old")

    # when
    page = text_of(oli.get(f"/channels/{known.id}"))
    tried = oli.post(f"/channels/{known.id}/test")

    # then
    assert "told nothing here" in page and f"/channels/{known.id}/settings" not in page
    assert "nothing to try" in text_of(tried)
    assert oli.post(f"/channels/{known.id}/settings").status_code == 422


def test_without_a_key_the_page_says_what_to_set(
    app: APIFlask, oli: Any, installation: Installation
) -> None:
    # given
    services = installation.services()
    object.__setattr__(services.accounts, "_seals", Seals())

    # when
    page = text_of(oli.get("/channels/add/pretend"))
    answer = oli.post("/channels/add/pretend", **FORM)

    # then
    assert "openssl rand -hex 32" in page
    assert answer.status_code == 422
    assert "Set CORRAL_CREDENTIALS_KEY" in text_of(answer)
    assert rows(installation) == []


# Who may


@pytest.mark.parametrize("login", ["ana", "dan", "mia"])
def test_accounts_are_for_operators_alone(
    browser: Any, as_person: As, account: int, login: str, pretend: PretendNetwork
) -> None:
    # given
    browser.log_in(login)
    before = list(pretend.checked)

    # then
    for path in ("/channels", "/channels/add", "/channels/add/pretend", f"/channels/{account}"):
        assert browser.get(path).status_code == 403
    posts = ("add/pretend", *(f"{account}/{act}" for act in ("test", "settings", "enabled", "gap")))
    for path in posts:
        assert browser.post(f"/channels/{path}", **FORM).status_code == 403
    client = as_person(login)
    assert client.get("/api/channels").status_code == 403
    assert client.get("/api/channels/networks").status_code == 403
    assert client.post(f"/api/channels/{account}/test").status_code == 403
    assert pretend.checked == before


def test_an_operator_of_another_workspace_sees_and_does_nothing(
    browser: Any, as_person: As, installation: Installation, account: int, pretend: PretendNetwork
) -> None:
    # given
    browser.log_in("gil")
    before, tried = rows(installation), len(pretend.checked)

    # then
    assert "acme" not in text_of(browser.get("/channels"))
    assert browser.get(f"/channels/{account}").status_code == 404
    for act in ("test", "settings", "enabled", "gap"):
        path = f"/channels/{account}/{act}"
        assert browser.post(path, **FORM, on="0").status_code == 404
    client = as_person("gil")
    assert client.get("/api/channels").get_json() == {"items": []}
    assert client.post(f"/api/channels/{account}/test").status_code == 404
    assert rows(installation) == before
    assert len(pretend.checked) == tried


def test_nothing_is_done_for_a_form_of_another_site(
    oli: Any, account: int, installation: Installation, pretend: PretendNetwork
) -> None:
    # given
    before, tried = rows(installation), len(pretend.checked)

    # when
    paths = ("add/pretend", *(f"{account}/{act}" for act in ("test", "settings", "enabled", "gap")))
    answers = [oli.client.post(f"/channels/{path}", data=FORM) for path in paths]
    api = oli.client.post(f"/api/channels/{account}/test")

    # then
    assert {answer.status_code for answer in (*answers, api)} == {400}
    assert rows(installation) == before
    assert len(pretend.checked) == tried


# The same as JSON


def test_the_api_lists_accounts_and_networks_without_secrets(as_person: As, account: int) -> None:
    # when
    client = as_person("oli")
    answers = [client.get("/api/channels"), client.get("/api/channels/networks")]
    found, known = (answer.get_json()["items"] for answer in answers)

    # then
    assert [text_of(answer) for answer in answers]
    assert (found[0]["network"], found[0]["handle"], found[0]["state"]) == (
        "pretend", "acme", "not read yet",
    )  # fmt: skip
    assert found[0]["settings"] == {
        "server": "https://pretend.example", "page": 40, "boosts": False,
    }  # fmt: skip
    assert [one["name"] for one in known] == ["pretend"]
    assert {one["name"] for one in known[0]["fields"] if one["secret"]} == {"token", "signing"}


def test_the_api_tries_an_account(
    as_person: As, account: int, pretend: PretendNetwork, installation: Installation
) -> None:
    # when
    client = as_person("oli")
    well = client.post(f"/api/channels/{account}/test")
    pretend.failure = ChannelRefusedError(f"{TOKEN} is not valid.")
    ill = client.post(f"/api/channels/{account}/test")

    # then
    assert well.get_json() == {
        "ok": True, "trouble": None,
        "found": [
            {"what": "Log in", "found": "as acme with ***"}, {"what": "Read", "found": "3 posts"},
        ],
    }  # fmt: skip
    assert ill.get_json() == {"ok": False, "found": [], "trouble": "*** is not valid."}
    assert client.post("/api/channels/99999/test").status_code == 404
