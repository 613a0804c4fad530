"""When every connection to the database is in use: it is told, and nobody is blamed for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import StorageError
from engine.storage import database as module
from engine.storage.database import Database


@pytest.fixture
def narrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database to which there is one connection, which nobody waits for long."""
    monkeypatch.setattr(module, "_KEPT", 1)
    monkeypatch.setattr(module, "_MOST", 1)
    monkeypatch.setattr(module, "_QUEUE", 0.05)
    with closing(Database(f"sqlite:///{tmp_path / 'corral.sqlite'}")) as database:
        yield database


def test_who_gets_no_connection_is_told_so_and_gets_one_when_there_is(narrow: Database) -> None:
    # when
    with (
        narrow.write(),
        pytest.raises(StorageError, match="connections to the database are in use"),
        narrow.read(),
    ):
        pass

    # then
    with narrow.read() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1
