"""Statements that are handed to the driver as they are: same rows, same errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
    text,
    union_all,
)

from engine.errors import StaleRevisionError, StorageError
from engine.storage.bulk import among
from engine.storage.database import Database
from engine.storage.ready import Ready
from engine.storage.types import Payload, UtcDateTime
from tests.conftest import DATABASES

THINGS = Table(
    "thing", MetaData(),
    Column("id", Integer, primary_key=True), Column("name", String), Column("size", Float),
    Column("open", Boolean), Column("at", UtcDateTime), Column("told", Payload),
    Column("settings", JSON), Column("state", LargeBinary),
)  # fmt: skip
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {
        "id": 1, "name": "one 100 %", "size": 0.5, "open": True, "at": NOON, "told": {"at": NOON},
        "settings": {"zone": [1, None]}, "state": b"\x00\xff",
    },
    {
        "id": 2, "name": None, "size": None, "open": None, "at": None, "told": None,
        "settings": [], "state": None,
    },
]  # fmt: skip


@pytest.fixture(params=DATABASES)
def database(
    request: pytest.FixtureRequest, database_of: Callable[[str], str]
) -> Iterator[Database]:
    """A database with two things in it."""
    with closing(Database(database_of(request.param))) as opened:
        with opened.write() as connection:
            THINGS.create(connection)
            connection.execute(insert(THINGS), ROWS)
        yield opened


@pytest.mark.parametrize(
    ("statement", "asked"),
    [
        (select(THINGS).order_by(THINGS.c.id), {}),
        (select(THINGS).where(THINGS.c.at == bindparam("moment")), {"moment": NOON}),
        (select(THINGS.c.name.label("called")).where(among(THINGS.c.id)), {"ids": [1, 7]}),
        (select(THINGS.c.id).where(THINGS.c.name == "one 100 %").limit(1), {"besides": "unused"}),
        (union_all(select(THINGS.c.id, THINGS.c.at), select(THINGS.c.id, THINGS.c.at)), {}),
        (select(THINGS).where(THINGS.c.id == 9), {}),
    ],
    ids=["all types", "a moment", "one of many", "values of its own", "a union", "no row"],
)
def test_the_rows_are_those_that_sqlalchemy_reads(
    database: Database, statement: Any, asked: dict[str, Any]
) -> None:
    # given
    ready = Ready(statement)
    with database.read() as connection:
        expected = connection.execute(statement, asked).all()
        # when: executed twice, for the first time tells it of the columns
        for found in (ready.all(connection, asked), ready.all(connection, asked)):
            # then
            assert [row._asdict() for row in found] == [row._asdict() for row in expected]
            assert [[type(v) for v in row] for row in found] == [
                [type(v) for v in row] for row in expected
            ]


def test_the_first_row_or_value_is_none_where_there_is_none(database: Database) -> None:
    ready = Ready(select(THINGS.c.name).where(THINGS.c.id == bindparam("thing")))
    with database.read() as connection:
        assert ready.first(connection, {"thing": 1}).name == "one 100 %"
        assert ready.scalar(connection, {"thing": 1}) == "one 100 %"
        assert ready.first(connection, {"thing": 3}) is None
        assert ready.scalar(connection, {"thing": 3}) is None


@pytest.mark.postgres
def test_a_server_that_is_gone_is_told_and_the_next_one_answers(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    # given
    gone = Ready(select(literal_column("pg_terminate_backend(pg_backend_pid())").label("ended")))
    here = Ready(select(literal_column("1").label("one")))
    with closing(Database(postgres_url)) as database:
        for begin in (database.read, database.write):
            # when
            with (
                pytest.raises(StorageError, match="The database cannot be used"),
                begin() as connection,
            ):
                gone.all(connection, {})
            # then
            with begin() as connection:
                assert here.scalar(connection, {}) == 1
    # whoever asked was told, and it is no fault that the log should tell of as well
    assert not caplog.records


@pytest.mark.postgres
def test_a_transaction_that_has_to_give_way_is_told_so(postgres_url: str) -> None:
    # given: what a deadlock looks like to the one who loses
    with closing(Database(postgres_url)) as database:
        with database.write() as connection:
            connection.execute(
                text(
                    "CREATE FUNCTION lose() RETURNS int LANGUAGE plpgsql AS "
                    "$$ BEGIN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END $$"
                )
            )
        # then
        with pytest.raises(StaleRevisionError, match="gave way"), database.write() as connection:
            Ready(select(literal_column("lose()").label("lost"))).all(connection, {})
