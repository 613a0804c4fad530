"""Operators add, try and change channel accounts on pages; no secret ever comes back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from channels.errors import ChannelRefusedError
from channels.fields import Field
from channels.sealing import Seals
from channels.storage.tables import AccountRow
from tests.channels.pretending import SIGNING, TOKEN, PretendNetwork, away
from tests.webapp.conftest import SetClock
from tests.webapp.pages.channels.conftest import FORM, SCRIPT, rows, secrets_of, text_of
from webapp import account_form
from webapp.bootstrap import Installation


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


@pytest.mark.parametrize(
    ("field", "at_once"),
    [
        (Field("address", "Address for replies", required=False, kind="address"), True),
        (Field("server", "Server", kind="address", default="https://pretend.example"), False),
        (Field("words", "Words", required=False), False),
    ],
)
def test_only_an_address_that_has_no_default_is_asked_for_at_once_though_it_may_be_empty(
    field: Field, at_once: bool
) -> None:
    (view,) = account_form.asked([field])
    assert view.first is at_once


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
    elsewhere = {"set.server": "https://mine.example", "set.token": ""}
    moved = oli.post(f"/channels/{account}/settings", **FORM | elsewhere)

    # then
    assert refused.status_code == wrong.status_code == moved.status_code == 422
    assert "It does not work with that; nothing is changed." in text_of(refused)
    assert "Is no number." in text_of(wrong)
    assert "Tell it again: Server would change" in text_of(moved)
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
    assert text_of(answer).count("Set CORRAL_CREDENTIALS_KEY") == 1  # said once, not twice
    assert rows(installation) == []
