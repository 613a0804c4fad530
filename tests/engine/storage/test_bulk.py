"""Rows written and found in bulk are those that SQLAlchemy's own statements write and find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, insert, select

from engine.storage import SqlStorage
from engine.storage.bulk import (
    among,
    insert_numbered,
    insert_rows,
    insert_unless_there,
    update_rows,
)
from engine.storage.tables import MessageRow, WorkspaceRow
from tests.conftest import DATABASES

AT = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=2)))
TEXTS = ["plain", 'with "quotes"', "back\\slash", "a,b{c}", "it's", "\N{GRINNING FACE} ñ", ""]


@pytest.fixture(params=DATABASES)
def connection(
    request: pytest.FixtureRequest, database_of: Callable[[str], str]
) -> Iterator[Connection]:
    """Give an open transaction on each kind of database."""
    with closing(SqlStorage(database_of(request.param))) as storage:
        storage.create_workspace("w", "W", "UTC")
        with storage.database.write() as opened:
            yield opened


def messages(texts: list[str]) -> list[dict[str, Any]]:
    """Return rows with a value of every kind."""
    return [
        {
            "workspace_id": 1,
            "name": text,
            "correlation_key": None if number % 2 else text,
            "business_key": None,
            "payload": {"text": text, "on": date(2026, 3, 1), "at": AT, "deep": [1, 2.5, None]},
            "hops": number,
            "expires_at": None if number % 3 else AT,
            "received_at": AT,
        }
        for number, text in enumerate(texts)
    ]


def stored(connection: Connection) -> list[tuple[Any, ...]]:
    """Return what is stored, but the ids."""
    columns = [column for column in MessageRow.__table__.c if column.name != "id"]
    return [tuple(row) for row in connection.execute(select(*columns).order_by(MessageRow.id))]


def test_what_is_inserted_in_bulk_is_what_sqlalchemy_inserts(connection: Connection) -> None:
    # given
    rows = messages(TEXTS)
    connection.execute(insert(MessageRow), rows)
    before = stored(connection)

    # when
    insert_rows(connection, MessageRow, rows)

    # then
    assert stored(connection) == before + before


def test_ids_come_in_the_order_of_the_rows(connection: Connection) -> None:
    # given
    insert_rows(connection, MessageRow, messages(["before"]))
    texts = [f"text {number}" for number in range(200)]

    # when
    ids = insert_numbered(connection, MessageRow, messages(texts))

    # then
    found = connection.execute(select(MessageRow.id, MessageRow.name)).all()
    named = {row.id: row.name for row in found}
    assert [named[id] for id in ids] == texts
    assert insert_numbered(connection, MessageRow, []) == []


def test_a_moment_without_a_zone_is_refused(connection: Connection) -> None:
    # given
    (row,) = messages(["text"])

    # when
    with pytest.raises(ValueError, match="carries no time zone"):
        insert_rows(connection, MessageRow, [row | {"received_at": AT.replace(tzinfo=None)}])

    # then
    assert stored(connection) == []


def test_a_moment_of_a_zone_with_seconds_is_kept_to_the_second(connection: Connection) -> None:
    # given: before it had a zone, a town had its own time
    moment = datetime(1850, 1, 1, 12, tzinfo=ZoneInfo("Europe/Vienna"))
    (row,) = messages(["text"])

    # when
    insert_rows(connection, MessageRow, [row | {"received_at": moment}])

    # then
    assert connection.scalar(select(MessageRow.received_at)) == moment


def test_a_character_that_postgresql_keeps_in_no_text_stops_no_batch(
    connection: Connection,
) -> None:
    # given: the payload, which is JSON, may hold it anywhere
    odd, plain = messages(["a\0b", "\\u0000"])

    # when
    insert_rows(connection, MessageRow, [odd, plain])

    # then
    columns = (MessageRow.name, MessageRow.payload)
    found = connection.execute(select(*columns).order_by(MessageRow.id)).all()
    kept = "a\0b" if connection.dialect.name == "sqlite" else "a\N{REPLACEMENT CHARACTER}b"
    assert [row.name for row in found] == [kept, "\\u0000"]
    assert [row.payload["text"] for row in found] == ["a\0b", "\\u0000"]


def test_a_list_finds_the_same_as_in(connection: Connection) -> None:
    # given
    ids = insert_numbered(connection, MessageRow, messages(TEXTS))

    for wanted in (TEXTS, TEXTS[1:3], ["nobody"], []):
        # when
        found = connection.scalars(
            select(MessageRow.name).where(among(MessageRow.name)), {"ids": wanted}
        )

        # then
        assert sorted(found) == sorted(set(wanted) & set(TEXTS))
    found_ids = connection.scalars(
        select(MessageRow.id).where(among(MessageRow.id, "numbers")), {"numbers": set(ids[2:4])}
    )
    assert sorted(found_ids) == ids[2:4]


def test_a_list_is_looked_up_by_an_index(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        pytest.skip("PostgreSQL goes by how many rows there are")
    # given
    statement = select(MessageRow.name).where(among(MessageRow.id), MessageRow.hops == 1)

    # when
    text = str(statement.compile(connection))
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", ("[1]", 1)).all()

    # then
    assert any("SEARCH message USING INTEGER PRIMARY KEY" in row[3] for row in plan)


def test_each_row_is_changed_by_its_own_values(connection: Connection) -> None:
    # given
    ids = insert_numbered(connection, MessageRow, messages(["a", "b", "c"]))
    rows = [
        {"id": ids[0], "hops": 0, "name": "new", "expires_at": AT},
        {"id": ids[1], "hops": 7, "name": "not found", "expires_at": None},
        {"id": ids[2], "hops": 2, "name": "c's", "expires_at": None},
    ]

    # when
    changed = update_rows(
        connection,
        MessageRow,
        "SET name = :name, hops = :hops + 10, expires_at = :expires_at"
        " WHERE message.id = :id AND message.hops = :hops",
        rows,
    )

    # then
    assert changed == 2
    columns = (MessageRow.name, MessageRow.hops, MessageRow.expires_at)
    found = [tuple(row) for row in connection.execute(select(*columns).order_by(MessageRow.id))]
    utc = AT.astimezone(UTC)
    assert found == [("new", 10, utc), ("b", 1, None), ("c's", 12, None)]


def test_rows_whose_key_is_taken_are_left_out(connection: Connection) -> None:
    # given
    rows = [{"key": key, "name": key, "zone": "UTC"} for key in ("w", "x", "y")]

    # when
    found = insert_unless_there(connection, WorkspaceRow, rows, ["key"])

    # then
    assert sorted(row.key for row in found) == ["x", "y"]
    assert insert_unless_there(connection, WorkspaceRow, [], ["key"]) == []
