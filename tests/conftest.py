"""Databases for every folder of tests: SQLite in memory, SQLite in a file, PostgreSQL.

PostgreSQL is one server a session (one a process of ``make test``) and a fresh database a test.
"""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory

import psycopg
import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings

from engine.storage.database import Database
from engine.storage.migrating import migrate
from tests import remembered
from tools import program
from tools.postgres import PostgresError, database, server
from tools.program import Program
from webapp import logs, people
from webapp.databases import ROOMS

#: For fixtures that are made over every kind of database in turn.
DATABASES = ("memory", "file", pytest.param("postgresql", marks=pytest.mark.postgres))

#: Bytes that have to be free where databases of tests lie in memory.
_ROOM = 4 * 1024**3

#: Files with few tests that take long begin first: begun last, one process would work alone.
_LONG = (
    *("tests/crash/", "tests/benchmarks/", "tests/packaging/", "tests/cluster/", "tests/browser/"),
    *("tests/webapp/commands/", "tests/engine/bpmn/test_mutations.py", "tests/contracts/"),
)

_NUMBERS = itertools.count()

# Lines nobody reads cost more than the work they tell of. Tests of the log set it up themselves.
logs.set_up_quietly()

# Most tests open a database of their own.
remembered.remember()

# Collecting and importing the tests makes nearly no garbage, yet 5,000 rounds looked for some.
gc.set_threshold(20_000, 10, 10)

# What costs an attacker a second costs each test of an installation one as well.
people.PasswordHasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)

# How long an example takes says more about the machine than about Corral.
settings.register_profile(
    "corral", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("corral")


def pytest_configure(config: pytest.Config) -> None:
    # Else files would be given out by how many tests they hold.
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        found = (number for number, path in enumerate(_LONG) if item.nodeid.startswith(path))
        return next(found, len(_LONG))

    items.sort(key=place)


@pytest.fixture(scope="module", autouse=True)
def settled() -> None:
    """Let the collector look through what the tests of this file make, and nothing older.

    All tests and what they import are a million objects, and each full round took seconds.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Keep the collector away where work is bounded: its rounds are no work of what is tested."""
    gc.disable()
    yield
    gc.enable()


def swift_folder() -> Path | None:
    """Return a folder in memory, for databases that live as long as a test; None without room."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and disk_usage(shared).free > _ROOM
    return shared if roomy and os.access(shared, os.W_OK) else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a PostgreSQL server: CORRAL_TEST_POSTGRES, or one of our own."""
    named = os.environ.get("CORRAL_TEST_POSTGRES")
    if named:
        yield named
        return
    place = TemporaryDirectory(prefix="corral-postgres-", dir=swift_folder())
    with place as folder, ExitStack() as stack:
        try:
            address = stack.enter_context(server(Path(folder), durable=False))
        except PostgresError as reason:
            pytest.skip(f"neither CORRAL_TEST_POSTGRES nor a server of our own: {reason}")
        yield address


@pytest.fixture
def corral(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts ``corral`` with some arguments as a process of its own, in an empty folder.

    Keywords are settings: ``database_url=...``. What still runs is killed when the test ends.
    """
    with ExitStack() as stack:
        numbers = itertools.count(1)

        def start(*arguments: object, **settings: object) -> Program:
            started = program.start(
                program.CORRAL,
                [str(each) for each in arguments],
                folder=tmp_path,
                output=tmp_path / f"output{next(numbers)}.txt",
                environment={f"CORRAL_{key.upper()}": str(each) for key, each in settings.items()},
            )
            return stack.enter_context(started)

        yield start


@contextmanager
def new_database(address: str, template: str = "template1") -> Iterator[tuple[str, str]]:
    """Make a database that is a copy of another; give its name and its address."""
    name = f"corral_{os.getpid()}_{next(_NUMBERS)}"
    yield name, database(address, name, template=template)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """Return the address of an empty database of its own."""
    with new_database(postgres) as (_, url):
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> Iterator[str]:
    """Return the name of a database that holds the tables of every room, and no row."""
    with new_database(postgres) as (name, url):
        with closing(Database(url)) as made:
            for room in ROOMS.values():
                migrate(made, room.migrations, room.version_table)
        yield name


@pytest.fixture
def database_of(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """Return the address of a new database of one of :data:`DATABASES`.

    On PostgreSQL the tables are there already: making them takes longer than most tests.
    """
    with ExitStack() as stack:

        def make(kind: str) -> str:
            if kind == "memory":
                return "sqlite://"
            if kind == "file":
                folder = stack.enter_context(TemporaryDirectory(dir=swift_folder()))
                return f"sqlite:///{folder}/corral.sqlite"
            assert kind == "postgresql", f"no kind of database: {kind}"
            address = request.getfixturevalue("postgres")
            template = request.getfixturevalue("migrated_postgres")
            return stack.enter_context(new_database(address, template))[1]

        yield make
