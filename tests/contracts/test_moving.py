"""An installation moved in the midst of its work: what waits there goes on here."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import StorageError
from engine.storage.database import Database
from engine.storage.moving import tables_of
from tests.contracts.busy import House, busy, finish, log_in, same_person
from webapp.data_dir import prepare
from webapp.databases import ROOMS, move_installation
from webapp.settings import DATABASE_FILE

pytestmark = pytest.mark.postgres


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


def test_a_busy_installation_is_moved_and_every_case_ends_there(
    file: Path, postgres_url: str
) -> None:
    # given
    world, old, cases = busy(f"sqlite:///{file}")
    browser = log_in(old)
    assert old.replies() == {"sent": 5, "approved": 1, "unknown": 1, "sending": 1}
    assert old.engine.history(cases["unapplied"]) == []
    world.clock.moment += timedelta(hours=1)  # reminders and an escalation are due by now
    assert (old.engine.next_due() or world.clock.moment) < world.clock.moment
    old.engine.close()
    before = rows(f"sqlite:///{file}")

    # when
    moved = move_installation(f"sqlite:///{file}", postgres_url, silently)

    # then: the same rows are there, and nobody has to log in anew
    assert rows(postgres_url) == before
    assert moved.rows == {name: len(found) for name, found in before.items()}
    assert (moved.cleaned, moved.left) == ([], [])
    new = House(world, postgres_url)
    assert same_person(browser, new).get("/inbox").status_code == 200
    finish(world, new, cases)
    new.engine.close()


def test_given_an_old_database_when_moved_then_it_is_refused_and_nothing_is_written(
    file: Path, postgres_url: str
) -> None:
    # given
    busy(f"sqlite:///{file}")[1].engine.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE engine_version SET version_num = '0001'")

    # when
    with pytest.raises(StorageError, match=r"older than this program.*corral db upgrade"):
        move_installation(f"sqlite:///{file}", postgres_url, silently)

    # then
    with closing(Database(postgres_url)) as database, database.read() as connection:
        assert not database.engine.dialect.get_table_names(connection)
