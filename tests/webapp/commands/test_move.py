"""``corral move``: what it refuses, what it tells, and that nothing is ever half moved."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from engine import Engine
from tests.waiting import PATIENCE, until
from tools import recording
from tools.program import Program
from webapp.cli import main
from webapp.data_dir import running_alone

Run = Callable[..., Result]

pytestmark = pytest.mark.postgres

#: Rows enough that copying them takes a second or more.
MANY = 200_000
#: Finds the process of PostgreSQL that is in the midst of copying a table of ours.
COPYING = (
    "SELECT pid FROM pg_stat_progress_copy "
    "WHERE tuples_processed > 1000 AND datname = current_database()"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an installation with some conversations in it, to be copied."""
    folder = tmp_path_factory.mktemp("filled")
    recorded = recording.write(folder / "recording.csv", mentions=30)
    replay = ["replay", str(recorded.path), "--data", str(folder / "data")]
    result = CliRunner().invoke(main, replay, env={"CORRAL_DATABASE_URL": None})
    assert result.exit_code == 0, result.output
    return folder / "data"


@pytest.fixture
def source(filled: Path, data: Path) -> str:
    """The address of an installation with some conversations in it."""
    shutil.copytree(filled, data)
    return f"sqlite:///{data}/corral.sqlite"


@contextmanager
def opened(source: str) -> Iterator[sqlite3.Connection]:
    """Give a connection that keeps nothing out that SQLite tolerates; commit at the end."""
    with closing(sqlite3.connect(source.removeprefix("sqlite:///"))) as connection, connection:
        yield connection


@contextmanager
def target(url: str) -> Iterator[psycopg.Connection]:
    """Give a connection to PostgreSQL; everything is committed at once."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        yield connection


def tables(url: str) -> list[str]:
    """Return the tables that others see in the target."""
    with target(url) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in found]


def refused(result: Result) -> str:
    """Return the one line with which a command refused, which shows no password."""
    assert result.exit_code == 2, result.output
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert "Traceback" not in result.output
    return line


def test_it_counts_says_what_comes_next_and_keeps_the_old_one_from_starting(
    run: Run, source: str, data: Path, postgres_url: str
) -> None:
    # given
    hidden = make_url(postgres_url).set(password="open sesame")

    # when
    result = run("move", source, hidden.render_as_string(hide_password=False))

    # then
    assert result.exit_code == 0, result.output
    assert "mention: 30 of 30 rows" in result.stderr
    assert "Set CORRAL_DATABASE_URL to postgresql+psycopg://postgres:***@" in result.stdout
    assert "secret.key" in result.stdout
    assert "open sesame" not in result.output + (data / "moved.txt").read_text()
    assert "was moved to postgresql" in refused(run("run", "--port", "0"))
    assert "was moved to postgresql" in refused(run("users", "list"))
    assert "was moved to postgresql" in refused(run("tasks"))

    # when: somebody wants the old one back
    (data / "moved.txt").unlink()

    # then
    assert run("users", "list").exit_code == 0


def test_programs_get_the_counts_as_json(run: Run, source: str, postgres_url: str) -> None:
    # when
    result = run("move", source, postgres_url, "--format", "json")

    # then
    report = json.loads(result.stdout)
    assert report["rows"]["mention"] == 30
    assert (report["cleaned"], report["left"]) == ([], [])


def test_what_is_numbered_goes_on_after_the_last(run: Run, source: str, postgres_url: str) -> None:
    # given
    run("move", source, postgres_url)

    # when
    with closing(Engine.open(postgres_url)) as engine:
        last = engine.instances()[0].id
        started = engine.correlate("mention.received", "conversation:new", {})

    # then
    assert started.instance_id == last + 1


def test_a_target_that_was_only_upgraded_is_as_good_as_an_empty_one(
    run: Run, source: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    with monkeypatch.context() as patch:
        patch.setenv("CORRAL_DATABASE_URL", postgres_url)
        patch.setenv("CORRAL_WORKSPACE", "another")
        assert run("db", "upgrade").exit_code == 0

    # then
    assert run("move", source, postgres_url).exit_code == 0
    with closing(Engine.open(postgres_url)) as engine:
        assert [workspace.key for workspace in engine.workspaces()] == ["default"]


def test_a_target_in_use_is_refused(run: Run, source: str, data: Path, postgres_url: str) -> None:
    # given
    run("move", source, postgres_url)

    # then
    assert "The target is in use" in refused(run("move", source, postgres_url))


def test_a_target_of_something_else_is_refused(
    run: Run, source: str, data: Path, postgres_url: str
) -> None:
    # given
    with target(postgres_url) as connection:
        connection.execute("CREATE TABLE invoices (id int)")

    # then
    assert "tables of something else (invoices)" in refused(run("move", source, postgres_url))
    assert tables(postgres_url) == ["invoices"]
    assert not (data / "moved.txt").exists()


def test_a_running_installation_is_refused(
    run: Run, source: str, data: Path, postgres_url: str
) -> None:
    # when
    with running_alone(data):
        line = refused(run("move", source, postgres_url))

    # then
    assert "Corral is running on" in line
    assert tables(postgres_url) == []


@pytest.mark.parametrize(
    ("first", "second", "text"),
    [
        ("{target}", "{source}", "The first address names the SQLite database to move, and not"),
        ("{source}", "{source}", "The second address names the PostgreSQL database to fill"),
        ("data/corral.sqlite", "{target}", "not understood. Write sqlite:///data/corral.sqlite"),
        ("sqlite:///nowhere.sqlite", "{target}", "There is no SQLite database at"),
        ("sqlite://", "{target}", "in memory cannot be moved"),
        ("{source}", "postgresql://ana:secret@127.0.0.1:1/corral", "cannot be opened"),
        ("{source}", "postgres://ana:secret@127.0.0.1:1/corral", "cannot be opened"),
    ],
)
def test_addresses_that_do_not_fit_are_told(
    run: Run, source: str, postgres_url: str, first: str, second: str, text: str
) -> None:
    # given
    addresses = [part.format(source=source, target=postgres_url) for part in (first, second)]

    # when
    line = refused(run("move", *addresses))

    # then
    assert text in line
    assert "secret" not in line


def test_a_file_that_is_none_of_ours_is_refused(
    run: Run, tmp_path: Path, postgres_url: str
) -> None:
    # given
    with opened(f"sqlite:///{tmp_path}/other.sqlite") as connection:
        connection.execute("CREATE TABLE invoices (id int)")

    # then
    line = refused(run("move", f"sqlite:///{tmp_path}/other.sqlite", postgres_url))
    assert "holds no installation of Corral" in line


def test_texts_that_postgresql_does_not_store_are_cleaned_and_told(
    run: Run, source: str, postgres_url: str
) -> None:
    # given
    with opened(source) as connection:
        connection.execute("UPDATE mention SET text = 'zero' || char(0) || 'byte' WHERE id = 1")
        connection.execute("UPDATE mention SET text = CAST(x'68c3' AS TEXT) WHERE id = 2")
        connection.execute("CREATE TABLE notes (id INTEGER)")

    # when
    result = run("move", source, postgres_url)

    # then
    assert result.exit_code == 0, result.output
    assert "2 texts in mention.text held U+0000 or bytes that are no text" in result.stderr
    assert "not moved, for they are not ours: notes" in result.stderr
    with target(postgres_url) as connection:
        found = connection.execute("SELECT text FROM mention WHERE id < 3 ORDER BY id").fetchall()
    assert found == [("zero\N{REPLACEMENT CHARACTER}byte",), ("h\N{REPLACEMENT CHARACTER}",)]


SPOILED = {
    "UPDATE mention SET conversation_id = 999 WHERE id = 3": (
        "mention 3 points to a row of conversation that is not there"
    ),
    "UPDATE mention SET created_at = 'yesterday' WHERE id = 3": "mention 3 has in created_at",
    "UPDATE instance SET revision = 'many' WHERE id = 3": "instance 3 has in revision",
    "UPDATE instance SET revision = 3000000000 WHERE id = 3": "instance 3 has in revision",
    "UPDATE instance SET state = 'text' WHERE id = 3": "instance 3 has in state",
    "UPDATE identity SET name = x'00ff' WHERE id = 3": "identity 3 has in name",
    "UPDATE channel_account SET enabled = 7 WHERE id = 1": "channel_account 1 has in enabled",
    "UPDATE mention SET sentiment = 'sad' WHERE id = 3": "mention 3 has in sentiment",
    "UPDATE mention SET language = 'far too long' WHERE id = 3": "mention 3 has in language",
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILED)
def test_rows_that_sqlite_tolerates_and_postgresql_does_not_are_named(
    run: Run, source: str, data: Path, postgres_url: str, spoil: str
) -> None:
    # given
    with opened(source) as connection:
        connection.execute(spoil)

    # when
    line = refused(run("move", source, postgres_url))
    checked = run("db", "check")

    # then
    assert SPOILED[spoil] in line
    assert SPOILED[spoil] in checked.stdout
    assert checked.exit_code == 1
    assert tables(postgres_url) == []
    assert not (data / "moved.txt").exists()


def test_what_only_postgresql_notices_is_one_line_and_undone(
    run: Run, source: str, postgres_url: str
) -> None:
    # given: SQLite takes this for a date
    with opened(source) as connection:
        connection.execute("UPDATE mention SET created_at = '2026-02-31 10:00:00' WHERE id = 3")

    # when
    line = refused(run("move", source, postgres_url))

    # then
    assert "date/time field value out of range" in line
    assert "COPY mention, line 3, column created_at" in line
    assert tables(postgres_url) == []


@pytest.fixture
def large(source: str) -> str:
    """An installation whose deployments take a while to copy."""
    with opened(source) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(deployment)")]
        names = ", ".join(f'"{name}"' for name in columns if name != "id")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            f"INSERT INTO deployment ({names}) SELECT {names} FROM n, (SELECT * FROM deployment)",
            (MANY,),
        )
    return source


@pytest.fixture
def copying(corral: Callable[..., Program], large: str, postgres_url: str) -> tuple[Program, int]:
    """A move in the midst of copying: its process, and the process of PostgreSQL behind it."""
    moving, found = corral("move", large, postgres_url), []
    with target(postgres_url) as connection:
        moving.until(lambda: found.extend(connection.execute(COPYING)) or found, within=PATIENCE)
    return moving, found[0][0]


def test_given_a_kill_in_the_midst_when_moved_again_then_all_of_it_is_there(
    run: Run,
    copying: tuple[Program, int],
    large: str,
    data: Path,
    postgres_url: str,
) -> None:
    # given
    moving, backend = copying

    # when
    moving.kill()

    # then
    with target(postgres_url) as connection:
        query = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
        until(lambda: not connection.execute(query, (backend,)).fetchone())
    assert tables(postgres_url) == []
    assert not (data / "moved.txt").exists()
    moved = json.loads(run("move", large, postgres_url, "--format", "json").stdout)
    assert moved["rows"]["deployment"] > MANY


def test_given_a_lost_connection_then_it_is_one_line_and_nothing_was_moved(
    copying: tuple[Program, int], data: Path, postgres_url: str
) -> None:
    # given
    moving, backend = copying

    # when
    with target(postgres_url) as connection:
        connection.execute("SELECT pg_terminate_backend(%s)", (backend,))
    code = moving.ends(within=PATIENCE)

    # then
    (line,) = [line for line in moving.text.splitlines() if line.startswith("Error: ")]
    assert code == 2
    assert "PostgreSQL refused the move" in line
    assert tables(postgres_url) == []
    assert not (data / "moved.txt").exists()
