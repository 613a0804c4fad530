"""The migrations make exactly the tables the program knows, on every database."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Index, text
from sqlalchemy.engine import make_url

from engine.errors import StorageError
from engine.storage import (
    MIGRATIONS,
    VERSION_TABLE,
    Database,
    SqlStorage,
    migrate,
    migrating,
    pending,
)
from engine.storage.server import MIGRATION_LOCK, companions
from engine.storage.tables import metadata
from tests.waiting import until


def test_the_migrations_produce_exactly_the_tables_of_the_program(url: str) -> None:
    # given
    storage = SqlStorage(url)

    # when
    with storage.database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "version_table": VERSION_TABLE,
                "include_name": lambda name, kind, _: kind != "table" or name != VERSION_TABLE,
                "include_object": lambda found, _name, kind, *_: (
                    kind != "index" or not (storage.database.sqlite and _ordered(found))
                ),
            },
        )
        differences = compare_metadata(context, metadata)
    storage.close()

    # then
    assert differences == []


def _ordered(index: Index) -> bool:
    """Tell whether an index has an order of its own, which SQLAlchemy cannot read from SQLite."""
    ours = {found.name: found for table in metadata.tables.values() for found in table.indexes}
    known = ours.get(index.name, index)
    return len(known.columns) < len(known.expressions)


def test_migrating_twice_changes_nothing(url: str) -> None:
    # given
    database = Database(url)
    assert pending(database, MIGRATIONS, VERSION_TABLE)
    migrate(database, MIGRATIONS, VERSION_TABLE)

    # when
    migrate(database, MIGRATIONS, VERSION_TABLE)

    # then
    assert not pending(database, MIGRATIONS, VERSION_TABLE)
    database.close()


def test_given_a_database_of_a_newer_program_when_opened_then_it_is_refused_with_a_cure(
    url: str,
) -> None:
    # given
    database = Database(url)
    migrate(database, MIGRATIONS, VERSION_TABLE)
    with database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))

    # when
    with pytest.raises(StorageError) as refusal:
        migrate(database, MIGRATIONS, VERSION_TABLE)

    # then
    assert "newer than this program" in str(refusal.value)
    database.close()


def test_a_migration_that_fails_leaves_nothing_behind(url: str, tmp_path: Path) -> None:
    # given
    versions = tmp_path / "broken" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_broken.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('half', sa.Column('id', sa.Integer))\n"
        "    raise RuntimeError('no more')\n"
    )
    database = Database(url)

    # when
    with pytest.raises(RuntimeError, match="no more"):
        migrate(database, versions.parent, "broken_version")

    # then
    with database.read() as connection:
        assert not connection.dialect.has_table(connection, "half")
    database.close()


def test_another_room_migrates_its_own_tables_in_the_same_database(
    url: str, tmp_path: Path
) -> None:
    # given
    versions = tmp_path / "room 100%" / "versions"
    versions.mkdir(parents=True)
    (versions / "0001_first.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('theirs', sa.Column('id', sa.Integer))\n"
    )
    database = Database(url)
    migrate(database, MIGRATIONS, VERSION_TABLE)

    # when
    migrate(database, versions.parent, "room_version")

    # then
    with database.read() as connection:
        assert connection.dialect.has_table(connection, "theirs")
        assert connection.dialect.has_table(connection, "instance")
    database.close()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("nonsense", "not understood"),
        ("mysql://localhost/x", "'mysql' is not supported"),
        ("sqlite:////nowhere/at/all/corral.sqlite", "cannot be opened.* the folder exists"),
        ("postgresql+psycopg://u:secret@127.0.0.1:1/x", "cannot be opened.* the server runs"),
        ("postgres://u:secret@127.0.0.1:1/x", r"postgresql\+psycopg://u.* cannot be opened"),
    ],
)
def test_a_database_that_cannot_be_opened_is_refused_with_a_reason(address: str, says: str) -> None:
    with pytest.raises(StorageError, match=says) as refusal:
        Database(address)
    assert "secret" not in str(refusal.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    # given
    file = tmp_path / "corral.sqlite"
    file.write_bytes(b"this is no database at all" * 100)

    # when, then
    with pytest.raises(StorageError, match="cannot be opened"):
        SqlStorage(f"sqlite:///{file}")


@pytest.mark.postgres
def test_tables_are_not_changed_under_an_older_program_that_runs(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: another process is connected, and the tables are those of an older version
    database = Database(postgres_url)
    migrate(database, MIGRATIONS, VERSION_TABLE)
    with database.write() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
    monkeypatch.setattr(migrating, "_PATIENCE", 0.0)
    plain = make_url(postgres_url).set(drivername="postgresql")
    address = plain.render_as_string(hide_password=False)

    # when
    with (
        psycopg.connect(address, application_name="corral elsewhere:7"),
        pytest.raises(StorageError, match=r"still running on them: elsewhere:7 \(host:process\)"),
    ):
        migrate(database, MIGRATIONS, VERSION_TABLE)

    # then
    with database.read() as connection:
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar_one()
    assert found == "0001"
    database.close()


@pytest.mark.postgres
def test_given_others_that_wait_for_their_turn_then_they_hold_up_nobody(
    postgres_url: str,
) -> None:
    # given
    database = Database(postgres_url)
    plain = make_url(postgres_url).set(drivername="postgresql")
    address = plain.render_as_string(hide_password=False)

    # when: another program waits for the lock that we hold
    with psycopg.connect(address, application_name="corral elsewhere:7", autocommit=True) as other:
        ask = "SELECT pg_advisory_xact_lock(%s)"
        waiter = threading.Thread(target=other.execute, args=(ask, (MIGRATION_LOCK,)))
        with database.write() as connection:
            connection.exec_driver_sql(ask, (MIGRATION_LOCK,))
            before = companions(connection)
            waiter.start()
            until(lambda: not companions(connection))
        waiter.join()

    # then
    assert before == ["elsewhere:7"]
    database.close()
