"""Fills a PostgreSQL database with as many process instances as a large installation has.

The product itself makes a few hundred of them, in every state people meet; :mod:`tools.multiply`
copies their rows. Nothing here knows a column, so it goes on working when tables change.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

import processes
from channels.errors import ChannelUnavailableError, DeliveryUnknownError, ReplyRefusedError
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from engine import Engine
from engine.definitions import Source
from engine.instances import InstanceFilter, InstanceStatus
from tools.multiply import Spread, multiply
from tools.recording import FOLLOW_UPS, OPENINGS
from webapp.bootstrap import wire
from webapp.services import Services
from webapp.settings import Settings

PASSWORD = "a large herd"  # noqa: S105 - of a database that lives as long as a benchmark
PEOPLE = {"ana": "agent", "dan": "designer", "mia": "manager", "oli": "operator"}
WORKSPACES = {"default": 4, "globex": 1}  #: and the share of each
ERRAND = Path(__file__).resolve().parent.parent / "tests" / "benchmarks" / "errand.bpmn"
#: Cases that the product makes itself, and how few show that a benchmark works.
SEED, SMALL_SEED = 500, 120
#: Tables that grow with deployments, not with instances.
_FIXED = {"deployment", "resource", "definition", "form"}
#: What is filled into any form: fields a form does not have are left out by it.
ANSWERS = {"answer": "It is on its way.", "visibility": "public", "verdict": "approve"}


class Network:
    """Takes most replies; every few one is refused, put off, or lost on the way."""

    name = "demo"
    reply_limit = 280
    can_reply_privately = True

    def __init__(self) -> None:
        """Start with nothing taken."""
        self.taken: dict[str, str] = {}
        self.calls = 0

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Bring nothing; mentions are handed to the intake."""
        return iter(())

    def measure(self, text: str) -> int:
        """Return the length that counts against the limit."""
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Take the reply, or fail in one of three ways."""
        self.calls += 1
        if self.calls % 31 == 0:
            raise ReplyRefusedError("The network does not take links.")
        if self.calls % 37 == 0:
            raise ChannelUnavailableError("The network is down for a while.")
        if self.calls % 41 == 0:
            raise DeliveryUnknownError("The connection broke while the reply was sent.")
        self.taken[reply.idempotency_key] = f"out-{self.calls}"
        return self.taken[reply.idempotency_key]

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of a reply that was taken."""
        return self.taken.get(reply.idempotency_key)


@dataclass
class _Clock:
    present: datetime

    def now(self) -> datetime:
        return self.present


def fill(url: str, *, instances: int, now: datetime | None = None, seed: int = SEED) -> int:
    """Fill an empty database and return how many instances it holds then.

    About 70 of 100 instances have ended. Two of five of the others have an open user task, of
    which a tenth is claimed and a tenth late; a few have an incident, a reply of unclear fate, a
    timer, an open job. They lie over 400 days, the newest is of ``now``.

    Args:
        url: as Corral takes it; the tables are made here.
        instances: how many, at least; rounded up to a multiple of what the product makes.
        now: UTC; the present of this machine by default.
        seed: cases the product makes itself.
    """
    present = now or datetime.now(UTC)
    span = timedelta(days=400)
    clock = _Clock(present - span)
    with closing(Engine.open(url, clock=clock)) as engine:
        herd = _Herd(engine, clock)
        herd.settle_in()
        fixed = _rows(engine)
        herd.live(seed)
        grown = {name for name, rows in _rows(engine).items() if rows > fixed[name]} - _FIXED
    spread = Spread(present, present - clock.present, tuple(PEOPLE))
    return multiply(url, grown, instances, spread)


def _rows(engine: Engine) -> dict[str, int]:
    """Return how many rows each table of the database has."""
    with engine.reading() as view:
        names = view.connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') "
            "AND NOT relispartition AND relnamespace = current_schema()::regnamespace"
        ).scalars()
        return {
            name: view.connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar_one()  # noqa: S608
            for name in list(names)
        }


class _Herd:
    """Makes cases through the product, as people and customers would."""

    def __init__(self, engine: Engine, clock: _Clock) -> None:
        for key in WORKSPACES:
            engine.create_workspace(key, key.title())
        self.network = Network()
        self.clock = clock
        self.chance = random.Random(7)  # noqa: S311 - repeatable on purpose
        self.installation = wire(
            engine,
            Settings(database_url=None),
            channels={"demo": self.network},
            hasher=PasswordHasher(1, 8, 1),
        )
        self.posts = 0

    def settle_in(self) -> None:
        """Make what does not grow with the number of instances."""
        for key in WORKSPACES:
            services = self.installation.services(key)
            for login, role in PEOPLE.items():
                name = login if key == "default" else f"{login}-{key}"
                services.people.add(key, name, PASSWORD, roles=[role])
            services.conversations.ensure_account("demo", "northwind_care")
            services.conversations.ensure_account("demo", "northwind_help")
            self.deploy(services, 1)

    def deploy(self, services: Services, version: int) -> None:
        """Deploy every process; the number makes it another version than the one before."""
        mark = f"<!-- version {version} -->".encode()
        for files in (processes.files("complaint"), [ERRAND]):
            sources = [
                Source(file.name, file.read_bytes() + (mark if file.suffix == ".bpmn" else b""))
                for file in files
            ]
            services.engine.deploy(sources, by="dan")

    def live(self, cases: int) -> None:
        """Let cases come in; bring 7 of 10 to their end, and leave the others where they are."""
        shares = sum(WORKSPACES.values())
        parts = {
            self.installation.services(key): cases * share // shares // 20
            for key, share in WORKSPACES.items()
        }
        # Time passes for all workspaces, so those that are to wait come last in all of them.
        for version, bring, share in ((1, self.old, 7), (2, self.old, 7), (3, self.young, 6)):
            for services, part in parts.items():
                if version > 1:
                    self.deploy(services, version)
                bring(services, part * share)

    def old(self, services: Services, cases: int) -> None:
        """Make cases that have come to their end."""
        engine = services.engine
        self.arrive(services, cases * 4 // 5)
        for number in range(cases // 5):
            engine.start("errand", business_key=f"order:{number + 1}")
        for _ in range(4):
            self.send(services)
            for task in engine.user_tasks(limit=10_000):
                self.complete(services, task.id)
            self.send(services)
            self.write_again(services, cases // 12)
            for job in engine.jobs(type="fetch", limit=10_000):
                engine.complete_job(job.id)
            self.clock.present += timedelta(days=4)
            engine.pump(self.clock.now())
        active = InstanceFilter(status=InstanceStatus.ACTIVE)
        for found in engine.instances(active, limit=10_000):
            engine.cancel(found.id, by="mia")

    def young(self, services: Services, cases: int) -> None:
        """Make cases that wait: most for an agent, some for a job, a moment, an operator."""
        engine = services.engine
        for number in range(cases * 3 // 10):
            engine.start("errand", business_key=f"order:{number + 1_000}")
        for task in engine.user_tasks(limit=10_000)[::3]:
            self.complete(services, task.id)
        for number, job in enumerate(engine.jobs(type="fetch", limit=10_000)):
            if number % 5 == 0:
                engine.fail_job(job.id, "The stock list cannot be read.")
        for number, incident in enumerate(engine.incidents(limit=10_000)):
            if number % 4:
                engine.resolve(incident.id, by="mia")
        self.arrive(services, cases - cases * 3 // 10)
        self.send(services)
        for task in engine.user_tasks(queue="care", limit=10_000)[::5]:
            self.complete(services, task.id)
        services.outbox.send_due(self.clock.now())  # and nobody asks what became of them
        for task in engine.user_tasks(limit=10_000)[::6]:
            engine.claim(task.id, by="ana")

    def arrive(self, services: Services, cases: int) -> None:
        """Let customers write, a page at a time."""
        accounts = [state.account for state in services.conversations.accounts()]
        mentions = [self.mention(self.chance.choice(OPENINGS)) for _ in range(cases)]
        intake = Intake(services.engine, channels={"demo": self.network})
        for start in range(0, cases, 50):
            self.clock.present += timedelta(minutes=10)
            page = Page(mentions=tuple(mentions[start : start + 50]), position={"last": start})
            intake.take(accounts[start // 50 % len(accounts)], page)

    def write_again(self, services: Services, cases: int) -> None:
        """Let some customers write once more in their conversation."""
        known = services.conversations
        account = known.accounts()[0].account
        customers = known.customers(limit=10_000)
        mentions = []
        for customer in self.chance.sample(customers, min(cases, len(customers))):
            for found in known.of_customer(customer.id, limit=1):
                if found.account.id == account.id:
                    author = customer.identities[0]
                    mentions.append(
                        self.mention(self.chance.choice(FOLLOW_UPS), found.thread, author)
                    )
        page = Page(mentions=tuple(mentions), position={"again": self.posts})
        Intake(services.engine, channels={"demo": self.network}).take(account, page)

    def mention(self, text: str, thread: str = "", author: Author | None = None) -> Mention:
        """Return a mention in a conversation of its own unless ``thread`` names one."""
        self.posts += 1
        post = f"post-{self.posts}"
        writer = author or Author(f"id-{post}", f"handle{self.posts}", f"Customer {self.posts}", 40)
        words = text.format(n=self.chance.randrange(2, 90))
        return Mention(post, writer, words, self.clock.now(), thread or post)

    def complete(self, services: Services, id: int) -> None:
        """Fill in the form of a user task: mostly an answer, sometimes none."""
        step = "close" if self.chance.random() < 0.3 else "reply"
        services.engine.complete(id, {**ANSWERS, "next_step": step, "went_out": "yes"}, by="ana")

    def send(self, services: Services) -> None:
        """Let replies go out."""
        services.outbox.work()
