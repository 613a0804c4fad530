"""Connections to the database: none that is free, and addresses that lead nowhere."""

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


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://u:geheim@127.0.0.1:1/db",
        "postgresql+psycopg://u@127.0.0.1:1/db?password=geheim&sslpassword=geheim",
        "postgresql+psycopg://u:geheim@127.0.0.1:x/db",
    ],
)
def test_an_address_that_leads_nowhere_is_told_without_its_password(address: str) -> None:
    with pytest.raises(StorageError) as refused:
        Database(address)
    assert "geheim" not in str(refused.value)
