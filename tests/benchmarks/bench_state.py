"""What a waiting complaint takes: bytes of state, and gigabytes of PostgreSQL for a million.

Mentions are handed to the intake a few at a time, as polls bring them: stored, read, triaged,
acknowledged through the outbox. Each complaint then waits at its user task, with its timers and
two subscriptions; two reminders went by and one in ten is claimed. The texts are sentences of the
product's own documentation with a complaint behind them, since a made-up text compresses better
than what people write.

``state_bytes``: the mean length of the states that were stored once the definition version had its
dictionary. The floor is that of the same states, each compressed by itself.

``million_gigabytes`` (of 2^30 bytes, as PostgreSQL counts them): the tables of the engine that a
waiting instance has rows in, with all their indexes, scaled to a million instances with 20 entries
of history each. The rows are those the product wrote, copied by :mod:`tools.multiply`, as a move or
a restored backup leaves them.

``million_gigabytes_worn``: the same rows where they were written, each updated at every step of its
instance. VACUUM runs now and then, as autovacuum does where an installation fills in months and not
in a minute; what it leaves empty is counted, and so are the pages that any table begins with, which
weigh more the fewer instances there are.

The floor of both is the bare bytes of the values. Completed jobs (the acknowledgement), mentions,
conversations, customers and replies are said beside it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import zstandard
from psycopg import sql
from pydantic import SecretStr

import processes
from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Author, Mention, Page
from channels.networks.recorded import Recorded
from channels.outbox import Outbox
from channels.signals import OfflineSignals
from engine import Engine
from engine.packing import PACKED, unpack
from tools.bench import Figure, Run
from tools.multiply import Spread, multiply
from tools.postgres import database, server
from webapp.bootstrap import opened
from webapp.logs import set_up
from webapp.settings import Settings

INSTANCES, COPIED = 3_000, 60_000
#: Taken in first, in any case: the definition version has its dictionary after them.
FIRST = 400
#: Mentions a page, and pages between two looks of the clock.
PAGE, ROUND = 5, 10
#: VACUUM comes when so many instances are new since the last one, each a share of all: autovacuum
#: comes when a fifth of a table is dead, and each instance leaves about four dead rows.
GROWTH = 0.05
MILLION, GIGABYTE, HISTORY = 1_000_000, 1 << 30, 20
STATE_BAR, GIGABYTES_BAR = 300.0, 3.0
ROOT = Path(__file__).resolve().parents[2]
#: Where a waiting complaint has rows, and where it left some behind.
NEEDED = ("instance", "user_task", "timer", "subscription", "history")
BESIDE = ("job", "reply", "mention", "conversation", "customer", "identity")
ACCOUNTS = ("NorthParcel", "BrightGrid", "HarbourBank")
LETTERS = "abcdefghijklmnopqrstuvwxyz_0123456789"
WOES = (
    "my parcel is lost and nobody answers, this is terrible",
    "you charged me twice, I want a refund now",
    "the app has crashed all day, I am really disappointed",
    "I will talk to my lawyer, this is unacceptable",
    "awful service, I wait since Monday",
)


def sentences() -> list[str]:
    """Return the sentences of the documentation: real English, and always at hand."""
    found: set[str] = set()
    for page in ROOT.glob("docs/**/*.md"):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for paragraph in text.split("\n\n"):
            if not paragraph.lstrip().startswith(("|", "#", "!")):
                plain = re.sub(r"[`*_\[\]]|\(\S+\)", "", paragraph.replace("\n", " "))
                found.update(s for s in re.split(r"(?<=[.!?])\s+", plain) if 40 < len(s) < 160)
    return sorted(found)


class Crowd:
    """Customers who complain, each once, and the agents who have not answered yet."""

    def __init__(self, engine: Engine) -> None:
        """Deploy the process and open the accounts."""
        engine.deploy(processes.files("complaint"))
        networks = {Recorded.name: Recorded()}
        conversations = Conversations(engine)
        self.engine = engine
        self.accounts = [conversations.ensure_account(Recorded.name, name) for name in ACCOUNTS]
        self.intake = Intake(engine, OfflineSignals(), channels=networks)
        self.outbox = Outbox(engine, networks)
        self.chance = random.Random(5)
        self.said = sentences()
        self.number = 0

    def complain(self, pages: int) -> None:
        """Take pages of complaints in, acknowledge them, and let two reminders go by."""
        for _ in range(pages):
            account = self.chance.choice(self.accounts)
            mentions = tuple(self.mention(account.handle) for _ in range(PAGE))
            self.intake.take(account, Page(position={"row": self.number}, mentions=mentions))
            self.outbox.work()
            self.engine.sweep()
        for hours in (1, 2):
            while self.engine.pump(self.engine.clock.now() + timedelta(hours=hours)):
                pass

    def mention(self, handle: str) -> Mention:
        """Return the next complaint; ids and handles are as long as those of a large network."""
        self.number += 1
        name = "".join(self.chance.choices(LETTERS, k=self.chance.randrange(6, 15)))
        id = str(1_245_403_438_755_852_288 + self.number * 7_919_317 + self.chance.randrange(10**6))
        text = f"@{handle} {self.chance.choice(self.said)} {self.chance.choice(WOES)}"
        author = Author(id[::-1], f"{name}{self.number}", name, self.chance.randrange(3_000))
        return Mention(id, author, text, self.engine.clock.now(), id)

    def claim(self, every: int) -> None:
        """Let an agent take some of the user tasks."""
        for task in self.engine.user_tasks(limit=self.number)[::every]:
            self.engine.claim(task.id, by="ana")

    def states(self) -> list[tuple[bytes, bytes]]:
        """Return the states that are packed, as they are stored and as they were before."""
        with self.engine.reading() as view:
            query = "SELECT state FROM instance WHERE status = 'active' ORDER BY id"
            stored = [bytes(row[0]) for row in view.connection.exec_driver_sql(query)]
            find = view.catalogue.dictionary
            return [(each, unpack(each, find)) for each in stored if each[0] == PACKED]


def measure(run: Run) -> Mapping[str, Figure]:
    """Fill a PostgreSQL of its own and count its bytes, where they were written and copied."""
    set_up("warning", "text")
    with server(run.folder / "postgres") as address:
        url = database(address, "corral")
        settings = Settings(data=run.folder, database_url=SecretStr(url))
        bare = url.replace("+psycopg", "")
        with psycopg.connect(bare, autocommit=True) as connection:
            with opened(settings) as installation:
                crowd = Crowd(installation.engine)
                fill(crowd, connection, max(INSTANCES // run.shrink, FIRST + 10 * PAGE))
                found = {"state_bytes": state_bytes(crowd)}
            found["million_gigabytes_worn"] = gigabytes(run, connection, "worn")
            copy(url, connection, COPIED // run.shrink)
            found["million_gigabytes"] = gigabytes(run, connection, "copied")
    return found


def fill(crowd: Crowd, connection: psycopg.Connection[Any], instances: int) -> None:
    """Let complaints come in until there are so many, and tidy up as the server would."""
    tidied = 0
    while crowd.number < instances:
        crowd.complain(ROUND if tidied else FIRST // PAGE)
        if crowd.number - tidied > GROWTH * crowd.number:
            connection.execute("VACUUM")
            tidied = crowd.number
    crowd.claim(10)
    connection.execute("VACUUM ANALYZE")


def copy(url: str, connection: psycopg.Connection[Any], instances: int) -> None:
    """Copy the cases, but for the first, whose states are from before there was a dictionary."""
    connection.execute("DELETE FROM instance WHERE id <= %s", (FIRST,))
    connection.execute("VACUUM FULL")
    span = Spread(datetime.now(UTC), timedelta(days=90), ("ana",))
    multiply(url, NEEDED + BESIDE, instances, span)


def state_bytes(crowd: Crowd) -> Figure:
    """Return the mean length of the states that are packed."""
    states = crowd.states()
    compressor = zstandard.ZstdCompressor()
    alone = sum(len(compressor.compress(raw)) for _, raw in states) / len(states)
    mean = sum(len(packed) for packed, _ in states) / len(states)
    return Figure(mean, "bytes", alone, STATE_BAR, more_is_better=False)


def gigabytes(run: Run, connection: psycopg.Connection[Any], how: str) -> Figure:
    """Return what a million instances take; what lies beside them is said."""
    instances = one(connection, "SELECT count(*) FROM instance")
    waiting = one(connection, "SELECT count(*) FROM timer")
    if waiting != 2 * instances:
        raise RuntimeError(f"{waiting} timers for {instances} complaints: not all wait as meant")
    each = {table: per_instance(connection, table, instances) for table in NEEDED + BESIDE}
    shown = ", ".join(f"{table} {size:.0f}" for table, (size, _) in each.items())
    run.say(f"state: bytes an instance, {how}: {shown}")
    size, floor = (
        sum(each[table][part] for table in NEEDED) * MILLION / GIGABYTE for part in (0, 1)
    )
    return Figure(size, "GB", floor, GIGABYTES_BAR, more_is_better=False)


def per_instance(
    connection: psycopg.Connection[Any], table: str, instances: int
) -> tuple[float, float]:
    """Return the bytes that an instance takes in a table: with all indexes, and bare values."""
    columns = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,)
    ).fetchall()
    values = sql.SQL(" + ").join(
        sql.SQL("coalesce(pg_column_size({}), 0)").format(sql.Identifier(name))
        for (name,) in columns
    )
    query = sql.SQL(
        "SELECT pg_total_relation_size({}::regclass), sum({}), count(*) FROM {}"
    ).format(sql.Literal(table), values, sql.Identifier(table))
    size, bare, rows = connection.execute(query).fetchone() or (0, 0, 0)
    share = HISTORY / rows if table == "history" else 1 / instances
    return float(size * share), float(bare * share)


def one(connection: psycopg.Connection[Any], query: LiteralString) -> Any:
    """Return the only value of a query."""
    row = connection.execute(query).fetchone()
    return row[0] if row else None
