"""An installation moved in the midst of its work: what waits there goes on here."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import select

import processes
from channels.errors import DeliveryUnknownError
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from channels.polling import Poller
from engine import Engine
from engine.errors import StorageError
from engine.instances import InstanceStatus
from engine.storage.database import Database
from engine.storage.moving import tables_of
from webapp.app import create_app
from webapp.bootstrap import wire
from webapp.data_dir import prepare
from webapp.databases import ROOMS, move_installation
from webapp.settings import DATABASE_FILE, Settings

pytestmark = pytest.mark.postgres

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


class Deaf:
    """A waker that hears nothing: what it was told stays in the inbox."""

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write nothing."""

    def wake(self, instance_ids: Iterable[int]) -> None:
        """Do nothing."""

    def wake_at(self, due: datetime) -> None:
        """Do nothing."""


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


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return prepare(tmp_path / "data") / DATABASE_FILE


def rows(url: str) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of an installation as the program reads them."""
    with closing(Database(url)) as database, database.read() as connection:
        return {
            table.name: [
                dict(row._mapping)
                for row in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in tables_of(ROOMS.values())
        }


def silently(_table: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@pytest.fixture
def busy(file: Path) -> Iterator[tuple[World, House, dict[str, int]]]:
    """An installation in which something is at every point of its road; no process runs."""
    world = World()
    house = House(world, f"sqlite:///{file}")
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
    cases["unapplied"] = house.writes("unapplied")
    yield world, house, cases


def test_a_busy_installation_is_moved_and_every_case_ends_there(
    busy: tuple[World, House, dict[str, int]], file: Path, postgres_url: str
) -> None:
    # given
    world, old, cases = busy
    browser = log_in(old)
    assert old.replies() == {"sent": 5, "approved": 1, "unknown": 1, "sending": 1}
    assert old.engine.history(cases["unapplied"]) == []
    world.clock.moment += timedelta(hours=1)  # reminders and an escalation are due by now
    assert (old.engine.next_due() or world.clock.moment) < world.clock.moment
    old.engine.close()
    before = rows(f"sqlite:///{file}")

    # when
    moved = move_installation(f"sqlite:///{file}", postgres_url, silently)

    # then: the same rows are there
    after = rows(postgres_url)
    assert after == before
    assert moved.rows == {name: len(found) for name, found in before.items()}
    assert (moved.cleaned, moved.left) == ([], [])

    # when: it goes on
    new = House(world, postgres_url)
    new.passes(minutes=2)
    new.passes(minutes=20)

    # then: what was due has happened, what was on its way has arrived once, and nobody logs in anew
    assert len(new.engine.user_tasks(cases["unapplied"])) == 1
    assert set(new.replies()) == {"sent"}
    assert len(world.network.posted) == sum(new.replies().values())
    queues = {task.queue for task in new.engine.user_tasks(cases["open"])}
    assert "supervisors" in queues
    assert same_person(browser, new).get("/inbox").status_code == 200

    # when: agents finish what is open, and a new customer comes
    (held,) = [t for t in new.engine.user_tasks(cases["claimed"]) if t.claimed_by == "ana"]
    new.engine.complete(held.id, ANSWER, by="ana")
    late = new.writes("late")
    for _ in range(12):
        for task in new.engine.user_tasks():
            new.engine.complete(task.id, ANSWER, by=task.claimed_by or "ana")
        new.passes(days=4)

    # then
    assert late > max(cases.values())
    assert new.engine.incidents() == []
    active = [each for each in new.engine.instances() if each.status is InstanceStatus.ACTIVE]
    assert active == []
    assert set(new.replies()) == {"sent"}
    assert len(world.network.posted) == sum(new.replies().values())
    new.engine.close()


def test_given_an_old_database_when_moved_then_it_is_refused_and_nothing_is_written(
    busy: tuple[World, House, dict[str, int]], file: Path, postgres_url: str
) -> None:
    # given
    busy[1].engine.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE engine_version SET version_num = '0001'")

    # when
    with pytest.raises(StorageError, match=r"older than this program.*corral db upgrade"):
        move_installation(f"sqlite:///{file}", postgres_url, silently)

    # then
    with closing(Database(postgres_url)) as database, database.read() as connection:
        assert not database.engine.dialect.get_table_names(connection)
