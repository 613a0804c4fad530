"""A full disk: nothing half stored, one clear message, and it goes on once there is room."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from sqlalchemy import event

from engine.errors import StorageError
from engine.storage import Database
from tests.engine.conftest import Bench

TASK = {"is": "user_task", "at": "answer"}
#: More than what is left in the pages that the database has.
LARGE = {"text": "x" * 200_000}


class Disk:
    """The room that SQLite finds; it counts pages, as a file system does."""

    def __init__(self, bench: Bench) -> None:
        self.pages = 1_000_000
        event.listen(bench.core.storage.database.engine, "begin", self._limit)

    def fill(self, bench: Bench) -> None:
        """Leave no room for another page."""
        with bench.engine.transaction() as uow:
            self.pages = uow.connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def _limit(self, connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {self.pages}")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    opened = Bench(f"sqlite:///{tmp_path / 'corral.sqlite'}")
    yield opened
    opened.engine.close()


def test_nothing_is_lost_and_it_goes_on_once_there_is_room(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    before = bench.engine.start("care")
    disk = Disk(bench)
    disk.fill(bench)

    # when
    with pytest.raises(StorageError, match=r"The disk .* is full\. Nothing was stored.*Make room"):
        bench.engine.start("care", LARGE)

    # then: what is there can be read
    assert [instance.id for instance in bench.engine.instances()] == [before.id]
    (task,) = bench.engine.user_tasks(before.id)

    # when
    disk.pages = 1_000_000

    # then
    bench.engine.complete(task.id, by="ana")
    after = bench.engine.start("care", LARGE)
    assert [instance.id for instance in bench.engine.instances()] == [after.id, before.id]
    assert len(bench.engine.user_tasks(after.id)) == 1


def test_a_database_that_finds_no_room_when_it_is_opened_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: what SQLite says when a new file finds no room
    def full(*_: Any, **__: Any) -> NoReturn:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr("sqlite3.dbapi2.connect", full)

    # when, then
    with pytest.raises(StorageError, match=r"full\. Check that its disk has room"):
        Database(f"sqlite:///{tmp_path / 'corral.sqlite'}")
