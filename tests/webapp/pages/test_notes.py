"""Notes on the pages of conversations and user tasks, and in the API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from argon2 import PasswordHasher

import processes
from channels.intake import Intake
from channels.model import Author, Mention, Page, Remark
from engine import Engine
from tests.channels.conftest import FakeNetwork
from tests.webapp.conftest import PASSWORD, PEOPLE, SetClock
from webapp.bootstrap import Installation, wire
from webapp.services import Services
from webapp.settings import Settings


class Chat(FakeNetwork):
    """A place where the team talks."""

    name = "chat"
    place = "room"
    reply_limit = 5_000


@pytest.fixture
def networks() -> dict[str, Any]:
    return {"chat": Chat(), "fake": FakeNetwork()}


@pytest.fixture
def installation(
    clock: SetClock, settings: Settings, networks: dict[str, Any]
) -> Iterator[Installation]:
    engine = Engine.open("sqlite://", clock=clock)
    engine.create_workspace("globex", "Globex")
    wired = wire(engine, settings, channels=networks, hasher=PasswordHasher(1, 8, 1))
    for login, role in PEOPLE.items():
        wired.rooms.people.add("default", login, PASSWORD, roles=[role])
    wired.rooms.people.add("globex", "gil", PASSWORD, roles=["operator"])
    yield wired
    engine.close()


@pytest.fixture
def services(installation: Installation, clock: SetClock) -> Services:
    """A complaint of Maya, and a room of the team."""
    found = installation.services("default")
    found.engine.deploy(processes.files("complaint"))
    account = found.conversations.ensure_account("fake", "acme")
    said = Mention("p1", Author("id-maya", "maya", "Maya"), "It is broken!", clock.now(), "p1")
    Intake(found.engine).take(account, Page((said,)))
    found.conversations.ensure_account("chat", "care-team")
    return found


def noted(browser: Any, text: str = "Who knows <b>her</b>?", **more: str) -> Any:
    form = {"text": text, "key": "k1", "told": "1", "back": "/tasks/1"}
    return browser.post("/conversations/1/notes", **(form | more))


def test_a_note_written_beside_a_user_task_stands_in_the_thread_apart(
    services: Services, browser: Any, networks: dict[str, Any]
) -> None:
    # given
    browser.log_in("ana")
    assert "For your team. The customer never sees it." in browser.get("/tasks/1").text

    # when: the form is sent twice
    answers = [noted(browser) for _ in range(2)]
    services.outbox.work()

    # then
    assert {one.headers["Location"] for one in answers} == {"/tasks/1"}
    for place in ("/tasks/1", "/tasks/1/thread", "/conversations/1", "/conversations/1/thread"):
        page = browser.get(place).text
        assert page.count("post post-note") == 1
        assert "Who knows &lt;b&gt;her&lt;/b&gt;?" in page
        assert "note, for the team alone" in page
    (told,) = networks["chat"].posted.values()
    assert told == "ana on Maya (Fake): http://localhost/conversations/1\nWho knows <b>her</b>?"
    assert all("Who knows" not in text for text in networks["fake"].posted.values())


def test_an_answer_of_the_team_stands_there_with_where_it_was_said(
    services: Services, browser: Any, networks: dict[str, Any], clock: SetClock
) -> None:
    # given
    browser.log_in("ana")
    noted(browser)
    services.outbox.work()
    (key,) = networks["chat"].posted
    room = services.conversations.account(2).account

    # when
    remark = Remark("r1", "Sam", "I <i>do</i>.", clock.now(), f"post-{key[:8]}")
    Intake(services.engine, channels=networks).take(room, Page(remarks=(remark,)))

    # then
    page = browser.get("/conversations/1/thread").text
    assert page.count("post post-note") == 2
    assert "I &lt;i&gt;do&lt;/i&gt;." in page
    assert "care-team" in page


def test_an_open_page_hears_of_it(services: Services, browser: Any, engine_news: Any) -> None:
    browser.log_in("ana")
    noted(browser)
    assert ("conversation", 1) in engine_news


@pytest.fixture
def engine_news(installation: Installation) -> list[tuple[str, int]]:
    """What open pages are told."""
    news: list[tuple[str, int]] = []
    installation.engine.on_change(
        lambda changes: news.extend((one.kind, one.id) for one in changes)
    )
    return news


def test_the_team_is_told_only_if_that_is_meant(
    services: Services, browser: Any, networks: dict[str, Any]
) -> None:
    browser.log_in("mia")
    noted(browser, told="")
    noted(browser, " ", key="k2")
    noted(browser, "hm", key="k3", back="//evil.example")
    services.outbox.work()
    assert len(services.notes.of(1)) == 2
    assert [text.endswith("hm") for text in networks["chat"].posted.values()] == [True]


def test_notes_are_for_those_who_answer(services: Services, browser: Any) -> None:
    browser.log_in("dan")
    assert noted(browser).status_code == 403
    browser.log_in("gil")
    assert noted(browser).status_code == 404
    assert services.notes.of(1) == ()


def test_programs_read_and_write_notes(services: Services, as_person: Any) -> None:
    # given
    client, place = as_person("ana"), "/api/conversations/1/notes"

    # when
    written = [client.post(place, json={"text": "hm", "key": "k"}) for _ in range(2)]

    # then
    assert [one.status_code for one in written] == [201, 201]
    (note,) = client.get(place).json["items"]
    assert (note["text"], note["author"], note["channel"]) == ("hm", "ana", None)
    assert note["told"] == [
        {"channel": "chat", "account": "care-team", "status": "approved", "error": None}
    ]
    assert client.post(place, json={"text": " "}).status_code == 422
    assert client.get("/api/conversations/77/notes").status_code == 404
    assert client.post("/api/conversations/77/notes", json={"text": "x"}).status_code == 404
