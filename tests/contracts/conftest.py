"""Databases for the contract of the storage: SQLite in memory, SQLite in a file, PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import DATABASES
from tests.engine.conftest import Bench


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of an empty database, of each kind in turn."""
    if request.param == "memory":
        return "sqlite://"
    if request.param == "file":
        return f"sqlite:///{tmp_path / 'corral.sqlite'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
def bench(ready_url: str) -> Iterator[Bench]:
    """Return an engine that follows scripts, on each kind of database in turn."""
    opened = Bench(ready_url)
    yield opened
    opened.engine.close()


@pytest.fixture(params=DATABASES)
def ready_url(request: pytest.FixtureRequest, database_of: Callable[[str], str]) -> str:
    """Return the address of a new database of each kind in turn; tables may be there already."""
    return database_of(request.param)
