"""Channel accounts are for operators of their workspace alone; the API tells no secret."""

from __future__ import annotations

from typing import Any

import pytest

from channels.errors import ChannelRefusedError
from tests.channels.pretending import TOKEN, PretendNetwork
from tests.webapp.pages.channels.conftest import FORM, As, rows, text_of
from webapp.bootstrap import Installation


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
