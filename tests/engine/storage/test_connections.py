"""Connections to PostgreSQL that are used again: by readers, by writers, and after a bad night."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import text

from engine.storage.database import Database

pytestmark = pytest.mark.postgres


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """An open database with one table, whose connections have been used."""
    with closing(Database(postgres_url)) as opened:
        with opened.write() as connection:
            connection.execute(text("CREATE TABLE counted (number integer)"))
        yield opened


def _count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT count(*) FROM counted")).scalar_one())


def test_a_writer_on_the_connection_of_a_reader_stores_all_or_nothing(database: Database) -> None:
    # given a pool whose only connection a reader gave back
    assert _count(database) == 0

    # when
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(text("INSERT INTO counted VALUES (1)"))
        raise ZeroDivisionError

    # then
    assert _count(database) == 0


def test_a_reader_holds_no_transaction_between_its_statements(database: Database) -> None:
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
        raw = connection.connection.driver_connection
        assert isinstance(raw, psycopg.Connection)
        assert raw.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


def test_connections_that_the_server_ended_are_replaced_before_anybody_sees_it(
    database: Database, postgres_url: str
) -> None:
    # given two that wait in the pool
    with database.read() as one, database.read() as other:
        ended = [
            each.execute(text("SELECT pg_backend_pid()")).scalar_one() for each in (one, other)
        ]

    # when
    with closing(Database(postgres_url)) as operator, operator.read() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid, 10000) FROM unnest(:ended) AS pid"),
            {"ended": ended},
        )

    # then
    with database.write() as one, database.read() as other:
        pids = [each.execute(text("SELECT pg_backend_pid()")).scalar_one() for each in (one, other)]
    assert not set(pids) & set(ended)


def test_a_result_has_the_columns_that_its_table_has_by_now(database: Database) -> None:
    # given a statement whose columns are known
    with database.read() as connection:
        before = connection.exec_driver_sql("TABLE counted")
        assert list(before.keys()) == ["number"]

    # when
    with database.write() as connection:
        connection.execute(text("ALTER TABLE counted ADD COLUMN name text"))

    # then
    with database.read() as connection:
        assert list(connection.exec_driver_sql("TABLE counted").keys()) == ["number", "name"]
        assert list(connection.exec_driver_sql("SELECT 1 AS one").keys()) == ["one"]
