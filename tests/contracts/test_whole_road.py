"""One complaint on its whole road, from the mention to resolved, over every kind of database.

The rooms are the real ones, put together as ``corral run`` does; only the network and the clock
are played. What people do, they do through the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient

import processes
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from channels.polling import Poller
from engine import Engine
from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
PEOPLE = {"ana": "agent", "sam": "agent", "mia": "manager", "oli": "operator"}


class Clock:
    """Stands until it is told to move."""

    def __init__(self) -> None:
        self.moment = MONDAY

    def now(self) -> datetime:
        return self.moment


class Network:
    """A network that shows what the test puts in and keeps what it is sent."""

    name = "played"
    reply_limit = 280
    can_reply_privately = True

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.sent: list[Reply] = []

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        done = (after or {}).get("page", 0)
        for number, page in enumerate(self.pages[done:], done + 1):
            yield Page(page.mentions, page.own_posts, {"page": number})

    def measure(self, text: str) -> int:
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        self.sent.append(reply)
        return f"post-{len(self.sent)}"

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        return None


class House:
    """The wired rooms, and what the world does to them."""

    def __init__(self, url: str) -> None:
        self.clock, self.network = Clock(), Network()
        engine = Engine.open(url, clock=self.clock)
        networks = {"played": self.network}
        settings = Settings(database_url=None, public_url="", trusted_proxies=0)
        self.rooms: Installation = wire(
            engine, settings, channels=networks, hasher=PasswordHasher(1, 8, 1)
        )
        self.engine = self.rooms.engine
        for login, role in PEOPLE.items():
            self.rooms.rooms.people.add("default", login, "correct horse", roles=[role])
        self.services = self.rooms.services()
        self.services.conversations.ensure_account("played", "acme")
        self.poller = Poller(engine, Intake(engine, channels=networks), networks)
        self.app = create_app(self.rooms.rooms, secret_key="s" * 64)

    def writes(self, text: str, author: str = "grace", thread: str = "t1") -> None:
        """Let a customer write, and read the channel."""
        number = len(self.network.pages) + 1
        who = Author(f"id-{author}", author, author.title(), reach=10)
        at = self.clock.now() + timedelta(seconds=30)
        post = Mention(f"m{number}", who, text, at, thread=thread)
        self.network.pages.append(Page((post,)))
        self.passes(minutes=1)

    def passes(self, **span: float) -> None:
        """Let time pass: timers fire, the channel is read, replies go out."""
        self.clock.moment += timedelta(**span)
        self.engine.pump(self.clock.now())
        self.poller.work()
        self.services.outbox.work()

    def as_person(self, login: str) -> FlaskClient:
        """Return a client that speaks to the API for somebody."""
        client = self.app.test_client()
        token = self.rooms.rooms.people.new_token(login, "test")
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client


@pytest.fixture
def house(ready_url: str) -> Iterator[House]:
    opened = House(ready_url)
    yield opened
    opened.engine.close()


def only(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return the only item of a list of the API."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.json
    (item,) = answer.json["items"]
    found: dict[str, Any] = item
    return found


def test_a_complaint_travels_from_the_mention_to_resolved(house: House) -> None:
    # given
    house.engine.deploy(processes.files("complaint"))
    ana, mia = house.as_person("ana"), house.as_person("mia")

    # when: a customer complains, is acknowledged, and an agent answers
    house.writes("@acme my parcel never came. This is terrible service!")
    task = only(ana, "/api/user-tasks")
    claimed = ana.post(f"/api/user-tasks/{task['id']}/claim")
    beaten = house.as_person("sam").post(f"/api/user-tasks/{task['id']}/claim")
    done = ana.post(
        f"/api/user-tasks/{task['id']}/complete",
        json={"data": {"answer": "It comes tomorrow, Grace.", "next_step": "reply"}},
    )
    house.passes(minutes=1)

    # then
    assert (claimed.status_code, beaten.status_code, done.status_code) == (200, 409, 200)
    assert [reply.text for reply in house.network.sent][1:] == ["It comes tomorrow, Grace."]
    instance = only(mia, "/api/instances")
    assert {w["element"] for w in mia.get(f"/api/instances/{instance['id']}").json["waiting"]} == {
        "customer_answered", "silence",
    }  # fmt: skip

    # when: the customer asks again, gets an answer, and falls silent
    house.writes("And where is it now?")
    again = only(ana, "/api/user-tasks")
    ana.post(
        f"/api/user-tasks/{again['id']}/complete",
        json={"data": {"answer": "At your door.", "next_step": "reply"}},
    )
    house.passes(minutes=1)
    house.passes(days=3, minutes=1)
    house.passes(minutes=1)

    # then
    ended = mia.get(f"/api/instances/{instance['id']}").json
    assert (ended["status"], ended["waiting"]) == ("completed", [])
    assert ended["variables"]["turns"] == 2
    assert "How did we do?" in house.network.sent[-1].text
    posts = house.services.conversations.conversation(1).posts
    assert [post.kind for post in posts] == [
        "mention", "reply", "reply", "mention", "reply", "reply",
    ]  # fmt: skip
    history = mia.get(f"/api/instances/{instance['id']}/history").json["items"]
    assert (history[0]["what"], history[-1]["what"]) == ("started", "ended")
    assert "ana" in {entry["by"] for entry in history}


def test_what_nobody_answers_is_escalated_and_another_conversation_is_not_held_up(
    house: House,
) -> None:
    # given
    house.engine.deploy(processes.files("complaint"))
    sam = house.as_person("sam")
    house.writes("@acme my parcel never came. Terrible!")

    # when
    house.passes(hours=4)
    house.writes("@acme my shoes are broken. Horrible quality!", "hopper", "t2")

    # then
    tasks = sam.get("/api/user-tasks").json["items"]
    assert {task["queue"] for task in tasks} == {"supervisors", "care"}
    assert sam.get("/api/user-tasks?queue=supervisors").json["items"][0]["business_key"] == (
        "played:1"
    )


def test_mentions_that_came_before_the_process_are_answered_once_it_is_deployed(
    house: House,
) -> None:
    # given
    house.writes("@acme my parcel never came. Terrible!")
    house.writes("Hello? Anybody?")
    house.writes("@acme my shoes are broken. Horrible quality!", "hopper", "t2")
    assert house.engine.instances() == []

    # when
    house.engine.deploy(processes.files("complaint"))
    house.passes(minutes=1)

    # then: the second mention of the conversation is not lost
    assert [each.business_key for each in house.engine.instances()] == ["played:2", "played:1"]
    first = house.engine.instances()[1]
    assert house.engine.variables(first.id)["turns"] == 2
    assert len(house.network.sent) == 2


def test_a_page_that_is_delivered_twice_is_one_complaint(house: House) -> None:
    # given
    house.engine.deploy(processes.files("complaint"))
    house.writes("@acme my parcel never came. Terrible!")

    # when: the network shows the same mention again
    house.network.pages.append(house.network.pages[0])
    house.passes(minutes=2)

    # then
    assert len(house.engine.instances()) == 1
    assert len(house.network.sent) == 1
    assert [post.kind for post in house.services.conversations.conversation(1).posts] == [
        "mention", "reply",
    ]  # fmt: skip
