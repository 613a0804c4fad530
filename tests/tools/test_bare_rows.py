"""The floor of a benchmark: the same rows, the same number of commits, nothing else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tools import bare_rows


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A database with two tables, an index and 103 rows."""
    path = tmp_path / "source.sqlite"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE mention (id INTEGER PRIMARY KEY, text TEXT)")
        database.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT)")
        database.execute("CREATE INDEX mention_text ON mention (text)")
        rows = [(n, f"mention {n}") for n in range(100)]
        database.executemany("INSERT INTO mention VALUES (?, ?)", rows)
        database.executemany("INSERT INTO customer VALUES (?, ?)", rows[:3])
        database.commit()
    return path


@pytest.mark.parametrize("commits", [1, 7, 250])
def test_every_row_goes_in_once_whatever_the_number_of_commits(
    commits: int, source: Path, tmp_path: Path
) -> None:
    # when
    seconds = bare_rows.seconds(source, tmp_path / "bare.sqlite", commits=commits)

    # then
    with closing(sqlite3.connect(tmp_path / "bare.sqlite")) as bare:
        assert bare.execute("SELECT count(*), max(id) FROM mention").fetchone() == (100, 99)
        assert bare.execute("SELECT count(*) FROM customer").fetchone() == (3,)
        assert bare.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        names = {row[0] for row in bare.execute("SELECT name FROM sqlite_master")}
    assert "mention_text" in names
    assert seconds > 0


def test_only_transactions_that_write_are_counted(tmp_path: Path) -> None:
    # given
    database = create_engine(f"sqlite:///{tmp_path / 'counted.sqlite'}")
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE mention (id INTEGER)"))

    # when
    with bare_rows.counted_commits() as commits:
        for number in range(3):
            with database.begin() as connection:
                connection.execute(text("INSERT INTO mention VALUES (:n)"), {"n": number})
        with database.begin() as connection:
            connection.execute(text("SELECT id FROM mention"))
    with database.begin() as connection:
        connection.execute(text("DELETE FROM mention"))

    # then
    assert commits.count == 3
    database.dispose()
