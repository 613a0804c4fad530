"""Connections to the database: none that is free, and addresses that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
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


@pytest.mark.parametrize("kind", ["file", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_a_thread_writes_inside_a_reading_is_seen_by_its_next_one(
    kind: str, database_of: Callable[[str], str]
) -> None:
    # given
    with closing(Database(database_of(kind))) as database, database.read() as outer:
        count = "SELECT count(*) FROM sums"
        with database.write() as connection:
            connection.exec_driver_sql("CREATE TABLE sums (sum int)")
        with database.read() as before:
            assert before.exec_driver_sql(count).scalar() == 0
            # when
            with database.write() as connection:
                connection.exec_driver_sql("INSERT INTO sums VALUES (1)")
            with database.read() as after:
                # then
                assert after.exec_driver_sql(count).scalar() == 1
                with database.read() as again:
                    assert again is after
        assert outer.exec_driver_sql("SELECT 1").scalar() == 1


@pytest.mark.postgres
def test_a_connection_that_is_lost_when_a_transaction_begins_leaves_its_thread_free(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def lost(_connection: object) -> None:
        raise psycopg.OperationalError("the connection is lost")

    with closing(Database(postgres_url)) as database:
        with monkeypatch.context() as changed, pytest.raises(StorageError, match="is lost"):
            changed.setattr(module, "driver_of", lost)
            with database.write():
                pass

        # when / then
        with database.write() as connection:
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
