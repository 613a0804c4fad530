"""An installation in the midst of its work, for tests that carry it to another database.

Something is at every point of its road; no process runs. The world outside, the network and the
time, is the same before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import update

import processes
from channels.errors import DeliveryUnknownError
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from channels.polling import Poller
from channels.storage.tables import ReplyRow
from engine import Engine
from engine.advance import Advancer
from engine.instances import InstanceStatus
from tests.wakers import Deaf
from webapp.app import create_app
from webapp.bootstrap import wire
from webapp.settings import Settings

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
KEY = "s" * 64
ANSWER = {"answer": "It comes tomorrow.", "visibility": "public", "next_step": "reply"}


class PowerCutError(BaseException):
    """The machine dies while a reply is on its way."""


class Clock:
    """Stands until it is told to move."""

    moment = MONDAY

    def now(self) -> datetime:
        return self.moment


class Network:
    """A network outside: it is the same before and after the move."""

    name = "played"
    reply_limit = 280
    can_reply_privately = True

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.posted: dict[str, str] = {}
        self.fails: Callable[[Reply], None] = lambda _reply: None

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        done = (after or {}).get("page", 0)
        for number, page in enumerate(self.pages[done:], done + 1):
            yield Page(page.mentions, page.own_posts, {"page": number})

    def measure(self, text: str) -> int:
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        assert reply.idempotency_key not in self.posted, "it was posted twice"
        self.fails(reply)
        self.posted[reply.idempotency_key] = f"post-{len(self.posted) + 1}"
        return self.posted[reply.idempotency_key]

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        return self.posted.get(reply.idempotency_key)


class World:
    """What is there before and after the move: the network, and the time."""

    def __init__(self) -> None:
        self.clock, self.network = Clock(), Network()


class House:
    """An installation on one database, and what the world does to it."""

    def __init__(self, world: World, url: str) -> None:
        self.world = world
        self.engine = Engine.open(url, clock=world.clock)
        networks = {"played": world.network}
        settings = Settings(database_url=None, public_url="", trusted_proxies=0)
        rooms = wire(self.engine, settings, channels=networks, hasher=PasswordHasher(1, 8, 1))
        self.people = rooms.rooms.people
        self.services = rooms.services()
        self.poller = Poller(self.engine, Intake(self.engine, channels=networks), networks)
        self.app = create_app(rooms.rooms, secret_key=KEY)

    def writes(self, author: str) -> int:
        """Let a customer write and read the channel; return the instance of the conversation."""
        world = self.world
        name, at = f"m{len(world.network.pages) + 1}", world.clock.moment + timedelta(seconds=30)
        who = Author(author, author, author, reach=10)
        text = "@acme my parcel never came. Terrible!"
        world.network.pages.append(Page((Mention(name, who, text, at, thread=author),)))
        world.clock.moment += timedelta(minutes=1)
        self.poller.work()
        return self.engine.instances()[0].id

    def passes(self, **span: float) -> None:
        """Let time pass: timers fire, the channel is read, replies go out, the rest is swept."""
        self.world.clock.moment += timedelta(**span)
        self.engine.sweep()
        self.engine.pump(self.world.clock.now())
        self.poller.work()
        self.services.outbox.work()

    def answers(self, instance: int) -> None:
        """Let an agent answer the customer; nothing is sent yet."""
        (task,) = self.engine.user_tasks(instance)
        self.engine.complete(task.id, ANSWER, by="ana")

    def replies(self) -> dict[str, int]:
        """Return how many replies there are of each status."""
        found: dict[str, int] = {}
        with self.engine.transaction() as uow:
            for (status,) in uow.connection.exec_driver_sql("SELECT status FROM reply"):
                found[status] = found.get(status, 0) + 1
        return found


def log_in(house: House) -> FlaskClient:
    """Return a browser in which ana is logged in."""
    browser = house.app.test_client()
    page = browser.get("/login").get_data(as_text=True)
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = {"csrf_token": token, "login": "ana", "password": "correct horse"}
    assert browser.post("/login", data=form).status_code == 303
    return browser


def same_person(browser: FlaskClient, house: House) -> FlaskClient:
    """Return the same browser with its cookies, on another house under the same address."""
    cookie = browser.get_cookie("corral_session")
    assert cookie
    other = house.app.test_client()
    other.set_cookie(cookie.key, cookie.value)
    return other


def busy(url: str) -> tuple[World, House, dict[str, int]]:
    """Return an open installation, and its instances by what is special about them."""
    world = World()
    house = House(world, url)
    house.people.add("default", "ana", "correct horse", roles=["agent"])
    house.services.conversations.ensure_account("played", "acme")
    house.engine.deploy(processes.files("complaint"))
    cases = {"open": house.writes("open")}
    world.clock.moment += timedelta(hours=3)
    names = ("claimed", "approved", "unknown", "sending")
    cases |= {name: house.writes(name) for name in names}
    house.services.outbox.work()
    (task,) = house.engine.user_tasks(cases["claimed"])
    house.engine.claim(task.id, by="ana")

    def unclear(_reply: Reply) -> None:
        raise DeliveryUnknownError("the line broke")

    def power_cut(_reply: Reply) -> None:
        raise PowerCutError

    for name, failure in (("sending", power_cut), ("unknown", unclear)):
        world.network.fails = failure
        house.answers(cases[name])
        with suppress(PowerCutError):
            house.services.outbox.work()
    world.network.fails = lambda _reply: None
    house.answers(cases["approved"])
    house.engine.use_waker(Deaf())
    # It cannot go on in the transaction of its mention, and nobody hears of it afterwards.
    with patch.object(Advancer, "run", side_effect=RuntimeError("a fault of ours")):
        cases["unapplied"] = house.writes("unapplied")
    with house.engine.transaction() as uow:
        # The lease of the worker that died is over by the clock of the database.
        uow.connection.execute(update(ReplyRow).values(leased_until=MONDAY - timedelta(days=2000)))
    return world, house, cases


def finish(world: World, house: House, cases: dict[str, int]) -> None:
    """Let everything that waited go on and people finish it; nothing is lost or done twice."""
    # Long enough to ask the network about unclear replies as often as it takes to believe it.
    for _ in range(12):
        house.passes(minutes=12)
    assert len(house.engine.user_tasks(cases["unapplied"])) == 1
    _expect_each_reply_once(world, house)
    assert "supervisors" in {task.queue for task in house.engine.user_tasks(cases["open"])}
    (held,) = [t for t in house.engine.user_tasks(cases["claimed"]) if t.claimed_by == "ana"]
    house.engine.complete(held.id, ANSWER, by="ana")
    assert house.writes("late") > max(cases.values())
    for _ in range(12):
        for task in house.engine.user_tasks():
            house.engine.complete(task.id, ANSWER, by=task.claimed_by or "ana")
        house.passes(days=4)
    assert house.engine.incidents() == []
    assert {each.status for each in house.engine.instances()} == {InstanceStatus.COMPLETED}
    _expect_each_reply_once(world, house)


def _expect_each_reply_once(world: World, house: House) -> None:
    """Check that all replies are out; the network itself refuses one that comes twice."""
    replies = house.replies()
    assert set(replies) == {"sent"}
    assert len(world.network.posted) == replies["sent"]
