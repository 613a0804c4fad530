"""Operators see what went wrong for good, and decide: on a page, by the API, at a command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from pydantic import SecretStr

from channels.signing import sign
from engine import Source
from tests.channels.conftest import ANSWERING
from tests.networks.webhook.house import created
from tests.networks.webhook_server import SECRET
from webapp.bootstrap import Installation
from webapp.services import Services
from webapp.settings import Settings

HOSTILE = b'{"type": "<script>alert(1)</script>"}'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a key for credentials."""
    return settings.model_copy(update={"credentials_key": SecretStr("ab" * 32)})


@pytest.fixture
def services(installation: Installation) -> Services:
    """A workspace that a shop calls."""
    found = installation.services("default")
    found.conversations.ensure_account("webhook", "shop", secrets={"secrets": SECRET})
    return found


def call(app: APIFlask, services: Services, body: bytes, id: str = "msg_1") -> Any:
    """Call as the shop does."""
    headers = sign([SECRET], id, services.engine.clock.now(), body)
    hook = services.conversations.account(1).account.hook
    return app.test_client().post(f"/hooks/{hook}", data=body, headers=headers)


def page(browser: Any, at: str = "/channels/dead-letters") -> str:
    text: str = browser.get(at).get_data(as_text=True)
    return text


def test_a_call_that_is_not_understood_is_shown_with_its_words_and_dropped(
    app: APIFlask, services: Services, browser: Any
) -> None:
    # given
    answer = call(app, services, HOSTILE)
    browser.log_in("oli")

    # when
    shown = page(browser)

    # then
    assert (answer.status_code, answer.text) == (422, "timestamp is no moment: write it as "
                                                      "2026-03-02T09:00:00Z.")  # fmt: skip
    assert "timestamp is no moment" in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert "<script>alert" not in shown

    # and when
    browser.post("/channels/dead-letters/drop", only="1")
    assert "No dead letter waits" in page(browser)
    assert "by oli" in page(browser, "/channels/dead-letters?all=1")


def test_a_reply_that_did_not_arrive_is_shown_and_dropped_for_its_process(
    app: APIFlask, services: Services, browser: Any
) -> None:
    # given: an address in our own network, which nobody has allowed
    services.engine.deploy([Source("answering.bpmn", ANSWERING.encode())])
    services.conversations.change_account(1, settings={"address": "http://127.0.0.1:9/"})
    call(app, services, json.dumps(created()).encode())
    wanted = {"conversation": 1, "text": "<b>Sorry</b>", "private": False, "approved": None}
    services.engine.start("answering", wanted)
    services.outbox.work()
    browser.log_in("oli")

    # when
    shown = page(browser)
    again = browser.post("/channels/dead-letters/again", only="1").headers["Location"]
    services.outbox.work()
    browser.post("/channels/dead-letters/drop", only="1")

    # then
    assert "127.0.0.1 leads to 127.0.0.1, which is not on the public internet" in shown
    assert "&lt;b&gt;Sorry" in shown
    assert 'href="/conversations/1"' in shown
    assert again == "/channels/dead-letters"
    assert services.letters.letter(1).tries == 2
    assert [task.element for task in services.engine.user_tasks()] == ["rewrite"]


def test_several_letters_are_decided_together_and_refusals_are_told(
    app: APIFlask, services: Services, browser: Any
) -> None:
    # given
    for number in (1, 2):
        call(app, services, HOSTILE, f"msg_{number}")
    browser.log_in("oli")

    # when
    told = browser.client.post(
        "/channels/dead-letters/again",
        data={"csrf_token": browser.token(), "id": ["1", "2", "99"]},
        follow_redirects=True,
    ).get_data(as_text=True)

    # then
    assert "timestamp is no moment" in told
    assert [one.state for one in services.letters.listed()] == ["open", "open"]
    assert "Choose at least one" in browser.client.post(
        "/channels/dead-letters/drop", data={"csrf_token": browser.token()}, follow_redirects=True
    ).get_data(as_text=True)


def test_a_long_list_has_pages(app: APIFlask, services: Services, browser: Any) -> None:
    for number in range(52):
        call(app, services, b"{", f"msg_{number}")
    browser.log_in("oli")
    assert "before=3" in page(browser)
    assert page(browser, "/channels/dead-letters?before=3").count("data-row") == 2
    assert "No dead letter waits" in page(browser, "/channels/dead-letters?account=9")


@pytest.mark.parametrize("who", ["ana", "mia", "dan"])
def test_only_operators_see_dead_letters(services: Services, browser: Any, who: str) -> None:
    browser.log_in(who)
    assert browser.get("/channels/dead-letters").status_code == 403


def test_programs_list_and_decide_as_well(
    app: APIFlask, services: Services, as_person: Callable[[str], FlaskClient]
) -> None:
    # given
    call(app, services, HOSTILE)
    oli, gil = as_person("oli"), as_person("gil")

    # when
    (letter,) = oli.get("/api/dead-letters").json["items"]  # type: ignore[index]

    # then
    assert (letter["direction"], letter["external_id"], letter["tries"]) == ("in", "msg_1", 1)
    assert oli.post("/api/dead-letters/1/again").status_code == 422
    assert gil.post("/api/dead-letters/1/drop").status_code == 404
    assert oli.post("/api/dead-letters/1/drop").json["state"] == "dropped"  # type: ignore[index]
    assert oli.post("/api/dead-letters/1/drop").status_code == 409
    assert oli.get("/api/dead-letters?open_only=false").json["items"][0]["by"] == "oli"  # type: ignore[index]


def test_what_waits_is_counted(
    app: APIFlask, services: Services, installation: Installation
) -> None:
    # given
    call(app, services, HOSTILE)
    call(app, services, json.dumps(created()).encode(), "msg_2")

    # when
    shown = installation.rooms.monitor.metrics.shown().decode()

    # then
    assert 'corral_dead_letters{direction="in"} 1.0' in shown
    assert 'corral_dead_letters{direction="out"} 0.0' in shown
