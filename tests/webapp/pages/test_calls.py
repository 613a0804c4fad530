"""A call is written down on a page, answered by a call, and never twice."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from pydantic import SecretStr

import processes
from channels.model import ReplyStatus
from channels.signing import sign
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation
from webapp.services import Services
from webapp.settings import Settings

SAID = "My parcel is broken, and this is terrible!"
SECRET = "whsec_" + "A" * 43 + "="


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings with a key for credentials."""
    return settings.model_copy(update={"credentials_key": SecretStr("ab" * 32)})


@pytest.fixture
def services(installation: Installation) -> Services:
    """A workspace with the complaint process and a phone in Germany."""
    found = installation.services("default")
    found.engine.deploy(processes.files("complaint"))
    found.conversations.ensure_account("phone", "hotline", settings={"region": "DE"})
    return found


@pytest.fixture
def ana(browser: Any) -> Any:
    browser.log_in("ana")
    return browser


def logged(browser: Any, **told: str) -> Any:
    form = {"account": "1", "call": "c1", "number": "030 901820", "text": SAID, "name": "Bob"}
    return browser.post("/calls/new", **(form | told))


def test_the_whole_road_of_a_call(services: Services, ana: Any, clock: SetClock) -> None:
    # when: it is nine in UTC, and Bob wants to be called back within a quarter of an hour
    kept = logged(ana, due="2026-03-01T09:15", language="de")

    # then: the work is due when he wants it
    assert kept.headers["Location"] == "/conversations/1"
    (task,) = services.engine.user_tasks()
    assert task.due == clock.now() + timedelta(minutes=15)
    variables = services.engine.variables(task.instance_id)
    assert variables["mention"]["due"] == "2026-03-01T09:15:00+00:00"
    assert variables["signals"]["language"] == "de"

    # when: ana calls back and tells what she said
    services.engine.claim(task.id, by="ana")
    answer = {"answer": "I told him it comes tomorrow.", "visibility": "private"}
    answered = ana.post(f"/tasks/{task.id}/complete", next_step="reply", refund="", **answer)
    for _ in range(3):
        services.outbox.work()

    # then: it is kept once, and nothing is tried that no person has said
    assert answered.status_code == 303
    posts = services.conversations.conversation(1).posts
    replies = [(post.status, post.text) for post in posts if post.kind == "reply"]
    assert replies == [(ReplyStatus.SENT, answer["answer"])]

    # when: Bob calls again, and the number is written in another way
    logged(ana, call="c2", number="+49 30 901820", text="It came in pieces. Terrible!")

    # then: the same customer, the same case
    assert services.engine.instance(task.instance_id).variables["turns"] == 2
    (customer,) = services.conversations.customers()
    assert [one.external_id for one in customer.identities] == ["+4930901820"]


def test_a_form_that_is_sent_twice_is_one_call(services: Services, ana: Any) -> None:
    places = [logged(ana).headers["Location"] for _ in range(2)]
    assert places == ["/conversations/1"] * 2
    posts = services.conversations.conversation(1).posts
    assert [one.text for one in posts if one.kind == "mention"] == [SAID]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"text": " "}, "text"),
        ({"number": "7"}, "number"),
        ({"account": "77"}, "account"),
        ({"account": "x"}, "account"),
        ({"due": "soon"}, "due"),
        ({"due": "2026-03-01T08:59"}, "due"),
        ({"due": "2036-03-01T08:59"}, "due"),
        ({"due": "0001-01-01T00:00"}, "due"),
    ],
)
def test_what_is_wrong_is_said_beside_it_and_nothing_is_lost(
    services: Services, ana: Any, told: dict[str, str], name: str
) -> None:
    answer = logged(ana, **{"text": "<b>It</b> broke", **told})
    assert answer.status_code == 422
    assert f'id="wrong-{name}"' in answer.text or name == "account"
    assert 'value="Bob"' in answer.text
    assert "<b>It</b>" not in answer.text
    assert services.conversations.customers() == []


def test_the_inbox_offers_it_where_there_is_a_phone(services: Services, ana: Any) -> None:
    assert "Log a call" in ana.get("/inbox").text
    page = ana.get("/calls/new?number=%2B4930901820&name=Zo%C3%AB").text
    assert 'value="+4930901820"' in page
    assert 'value="Zoë"' in page
    services.accounts.switch(1, on=False)
    assert "Log a call" not in ana.get("/inbox").text
    assert "No phone account yet" in ana.get("/calls/new").text


def test_only_those_who_answer_write_calls_down(services: Services, browser: Any) -> None:
    browser.log_in("dan")
    assert browser.get("/calls/new").status_code == 403
    assert logged(browser).status_code == 403


def test_a_program_may_write_calls_down_too(services: Services, as_person: Any) -> None:
    # given
    client = as_person("ana")
    told = {"account_id": 1, "id": "c1", "number": "030 901820", "text": SAID,
            "call_back_until": "2026-03-01T10:15:00+01:00"}  # fmt: skip

    # when
    answers = [client.post("/api/calls", json=told) for _ in range(2)]

    # then
    assert [(one.status_code, one.json) for one in answers] == [(201, {"conversation_id": 1})] * 2
    assert client.post("/api/calls", json={**told, "number": "7"}).status_code == 422
    assert client.post("/api/calls", json={**told, "account_id": 7}).status_code == 404


def test_a_telephony_system_tells_of_a_call_once(
    services: Services, app: APIFlask, clock: SetClock
) -> None:
    # given
    hook = services.conversations.account(1).account.hook
    told = {"type": "call.logged", "data": {"number": "030 901820", "text": SAID}}
    body = json.dumps(told).encode()
    client = app.test_client()

    # when: without a secret nobody is believed; then the system says it twice
    before = client.post(f"/hooks/{hook}", data=body)
    services.conversations.change_account(1, secrets={"signing_secret": SECRET})
    headers = sign([SECRET], "m1", clock.now(), body)
    after = [client.post(f"/hooks/{hook}", data=body, headers=headers) for _ in range(2)]

    # then
    assert (before.status_code, [one.status_code for one in after]) == (403, [201, 201])
    (only,) = services.conversations.customers()
    posts = services.conversations.conversation(1).posts
    assert (only.name, [one.text for one in posts if one.kind == "mention"]) == (
        "+4930901820",
        [SAID],
    )


def test_an_account_that_no_system_can_call_says_what_it_needs_for_it(
    services: Services, browser: Any
) -> None:
    # given
    browser.log_in("oli")
    address = f"/hooks/{services.conversations.account(1).account.hook}"

    # when
    before = browser.get("/channels/1").text
    services.conversations.change_account(1, secrets={"signing_secret": SECRET})
    after = browser.get("/channels/1").text

    # then
    assert "Nothing can call it yet" in before and 'href="#set-signing_secret"' in before
    assert address not in before
    assert "Nothing can call it yet" not in after and f'{address}"' in after
