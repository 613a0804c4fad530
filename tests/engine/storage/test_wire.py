"""Statements that PostgreSQL keeps: prepared once, planned once, there again after a failure."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from sqlalchemy import Connection, Integer, MetaData, String, bindparam, select, text
from sqlalchemy.schema import Column, Table

from engine.errors import StaleRevisionError, StorageError
from engine.storage import database as module
from engine.storage.bulk import among
from engine.storage.database import Database
from engine.storage.ready import Ready
from engine.storage.wire import wire_of

pytestmark = pytest.mark.postgres

THINGS = Table("thing", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
SOME = select(THINGS.c.name).where(among(THINGS.c.id)).order_by(THINGS.c.id)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    """A database with a thousand things."""
    with closing(Database(postgres_url)) as opened:
        with opened.write() as connection:
            THINGS.create(connection)
            connection.execute(
                text("INSERT INTO thing SELECT n, 'thing ' || n FROM generate_series(1, 1000) n")
            )
        yield opened


def test_a_list_is_looked_for_with_one_plan_however_long_it_is(database: Database) -> None:
    # given
    ready = Ready(SOME)
    with database.read() as connection:
        # when
        for length in (1, 3, 40) * 10:
            names = [row.name for row in ready.all(connection, {"ids": range(1, length + 1)})]
            assert names == [f"thing {n}" for n in range(1, length + 1)]
        # then: PostgreSQL tries five times whether plans of their own would be better
        kept = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE name ~ $1"
        assert wire_of(connection).ask(kept, ["corral_0"]).rows == [(5, 25)]


@pytest.mark.parametrize("first", ["ready", "sqlalchemy"])
def test_what_was_prepared_is_there_again_after_a_rollback(database: Database, first: str) -> None:
    # given: psycopg has statements of its own, and throws all of a connection away
    ready, given = Ready(SOME), {"ids": [7]}
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        for _ in range(3):
            assert ready.scalar(connection, given) == "thing 7"
            assert connection.scalar(SOME, given) == "thing 7"
        raise ZeroDivisionError
    # when
    with database.write() as again:
        # then
        if first == "sqlalchemy":
            assert again.scalar(SOME, given) == "thing 7"
        for _ in range(3):
            assert ready.scalar(again, given) == "thing 7"


def test_a_transaction_begins_with_its_first_statement_and_ends_with_it(
    database: Database,
) -> None:
    # given
    count = Ready(select(THINGS.c.id).where(THINGS.c.name == bindparam("name")))
    change = "UPDATE thing SET name = $1 WHERE id = 1"
    # when
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        assert wire_of(connection).ask(change, ["changed"]).number == 1
        raise ZeroDivisionError
    # then
    with database.read() as connection:
        assert count.all(connection, {"name": "changed"}) == []
    # when
    with database.write() as connection:
        wire_of(connection).ask(change, ["changed"])
    # then
    with database.read() as connection:
        assert count.scalar(connection, {"name": "changed"}) == 1


@pytest.mark.parametrize("first", ["ready", "sqlalchemy"])
def test_a_connection_that_is_lost_is_told_and_the_next_transaction_has_another(
    database: Database, first: str
) -> None:
    # given
    cut = "SELECT pg_terminate_backend(pg_backend_pid())"
    for begin in (database.read, database.write):
        # when
        with pytest.raises(StorageError, match="cannot be used"), begin() as connection:
            if first == "ready":
                wire_of(connection).ask(cut, [])
            else:
                connection.execute(text(cut))
        # then
        with begin() as connection:
            assert Ready(SOME).scalar(connection, {"ids": [7]}) == "thing 7"


def test_a_table_that_somebody_changes_is_read_on_and_written_at_the_second_attempt(
    database: Database, postgres_url: str
) -> None:
    # given
    everything, given = Ready(select(THINGS).where(among(THINGS.c.id))), {"ids": [7]}
    change = "ALTER TABLE thing ALTER COLUMN id TYPE {}"
    with closing(Database(postgres_url)) as other:
        with database.read() as connection:
            everything.first(connection, given)
        # when
        with other.write() as connection:
            connection.execute(text(change.format("bigint")))
        # then
        with database.read() as connection:
            assert everything.first(connection, given).name == "thing 7"
        # when
        with other.write() as connection:
            connection.execute(text(change.format("integer")))
        # then
        with pytest.raises(psycopg.errors.FeatureNotSupported), database.write() as connection:
            everything.first(connection, given)
        with database.write() as connection:
            assert everything.first(connection, given).name == "thing 7"


def test_a_transaction_whose_statements_were_thrown_away_gives_way(database: Database) -> None:
    # given
    ready, given = Ready(SOME), {"ids": [7]}
    with pytest.raises(StaleRevisionError), database.write() as connection:
        for _ in range(3):
            assert ready.scalar(connection, given) == connection.scalar(SOME, given)
        # when: psycopg does it behind what changes tables
        connection.execute(text("ALTER TABLE thing ADD more int"))
        ready.scalar(connection, given)
    # then
    with database.write() as connection:
        assert ready.scalar(connection, given) == "thing 7"


def test_a_table_that_has_grown_is_planned_for_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: looking through all of a small table is best
    monkeypatch.setattr(module, "_PLANNED", 0.0)
    ready, given = Ready(SOME), {"ids": [7]}
    with database.write() as connection:
        connection.execute(text("DELETE FROM thing WHERE id > 3"))
    with database.read() as connection:
        connection.execute(text("ALTER TABLE thing SET (autovacuum_enabled = off)"))
        connection.execute(text("VACUUM FULL ANALYZE thing"))
    with database.read() as connection:
        for _ in range(20):
            ready.all(connection, given)
        assert "Seq Scan" in _plan(connection)
        # when
        with database.write() as other:
            other.execute(text("INSERT INTO thing SELECT n, '' FROM generate_series(4, 50000) n"))
    # then
    with database.read() as first, database.read() as connection:
        assert first is connection
        ready.all(connection, given)
        assert "Index Scan" in _plan(connection)


def _plan(connection: Connection) -> str:
    kept = "SELECT name FROM pg_prepared_statements WHERE statement ~ '^SELECT thing'"
    (name,) = wire_of(connection).ask(kept, []).rows[-1]
    rows = connection.exec_driver_sql(f"EXPLAIN EXECUTE {name}('{{7}}')").all()
    return str(rows)


def test_what_postgresql_refuses_is_told_as_the_driver_tells_it(database: Database) -> None:
    more = "INSERT INTO thing VALUES ($1, $2)"
    there_is_one = pytest.raises(psycopg.errors.UniqueViolation, match="thing_pkey")
    with there_is_one, database.write() as connection:
        wire_of(connection).ask(more, [1, "one more"])
    with pytest.raises(psycopg.DataError, match="NUL"), database.write() as connection:
        wire_of(connection).ask(more, [1_001, "no\0text"])
    with pytest.raises(StaleRevisionError), database.write() as connection:
        wire_of(connection).ask("DO $$ BEGIN RAISE 'x' USING ERRCODE = '40001'; END $$", [])
