"""``corral backup``: whole, checked, private, and good to go on from."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from engine import Engine
from engine.storage.backup import back_up
from tests.webapp.commands.conftest import address_of
from tools import program, recording
from tools.program import Program
from webapp.data_dir import secret_key

Run = Callable[..., Result]

TREE = Path(__file__).parents[3]


def refused(result: Result) -> str:
    """Return the one line with which a command refused."""
    assert result.exit_code == 2, result.output
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert "Traceback" not in result.output
    return line


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def installation(run: Run, data: Path, tmp_path: Path) -> Path:
    """A data directory with some conversations and a secret key in it."""
    recorded = recording.write(tmp_path / "recording.csv", mentions=30)
    assert run("replay", str(recorded.path)).exit_code == 0
    secret_key(data)
    return data


def test_a_backup_is_a_data_directory_that_goes_on(
    run: Run, installation: Path, tmp_path: Path
) -> None:
    # given
    backup = tmp_path / "backups" / "monday"

    # when
    result = run("backup", str(backup), "--format", "json")

    # then
    report = json.loads(result.stdout)
    assert (report["to"], report["checked"]) == (str(backup), True)
    assert {file.name for file in backup.iterdir()} == {"corral.sqlite", "secret.key"}
    assert report["bytes"] == sum(file.stat().st_size for file in backup.iterdir())
    assert secret_key(backup) == secret_key(installation)
    assert mode(backup) == 0o700
    assert {mode(file) for file in backup.iterdir()} == {0o600}

    # when: the original is lost, and the backup takes its place
    shutil.rmtree(installation)
    shutil.copytree(backup, installation)

    # then
    with closing(Engine.open(f"sqlite:///{installation}/corral.sqlite")) as engine:
        (task, *_) = [task for task in engine.user_tasks() if task.form == "answer"]
        answer = {"answer": "It comes tomorrow.", "visibility": "public", "next_step": "reply"}
        engine.complete(task.id, answer, by="ana")
        assert task.id not in {open.id for open in engine.user_tasks(limit=200)}


def test_given_somebody_who_writes_all_the_time_then_a_backup_is_of_one_moment(
    installation: Path, tmp_path: Path
) -> None:
    # given: every transaction writes to two tables, so that a torn copy would show
    file = installation / "corral.sqlite"
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE left_hand (n INTEGER)")
        connection.execute("CREATE TABLE right_hand (n INTEGER)")
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO left_hand VALUES (?)", (number,))
                connection.execute("INSERT INTO right_hand VALUES (?)", (number,))
                connection.execute("COMMIT")
                written.set()

    writer = threading.Thread(target=write)
    writer.start()

    # when
    try:
        assert written.wait(30)
        for number in range(5):
            back_up(file, tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        writer.join()

    # then
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"{number}.sqlite")) as copy:
            left, right = (
                copy.execute(f"SELECT count(*), max(n) FROM {hand}").fetchone()
                for hand in ("left_hand", "right_hand")
            )
            assert left == right
            assert left[0] > 0


def test_a_running_corral_is_backed_up(
    run: Run, corral: Callable[..., Program], installation: Path, tmp_path: Path
) -> None:
    # given
    running = corral("run", "--port", 0, data=installation)
    address = address_of(running)

    # when
    backup = run("backup", str(tmp_path / "copy"))

    # then
    assert backup.exit_code == 0, backup.output
    assert "checked" in backup.stdout
    assert program.answers(f"{address}/health/ready")
    with closing(Engine.open(f"sqlite:///{tmp_path}/copy/corral.sqlite")) as engine:
        assert len(engine.instances()) == 16


def test_what_is_there_is_never_written_over(run: Run, installation: Path, tmp_path: Path) -> None:
    # given
    (tmp_path / "file").write_text("mine")
    assert run("backup", str(tmp_path / "copy")).exit_code == 0

    # then
    assert "is there already" in refused(run("backup", str(tmp_path / "file")))
    assert "is there already" in refused(run("backup", str(tmp_path / "copy")))
    assert (tmp_path / "file").read_text() == "mine"


def test_nothing_to_back_up_is_told(run: Run, tmp_path: Path) -> None:
    assert "There is no Corral database" in refused(run("backup", str(tmp_path / "copy")))
    assert not (tmp_path / "copy").exists()


def test_a_database_server_is_backed_up_otherwise(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("CORRAL_DATABASE_URL", "postgresql://ana:secret@127.0.0.1:1/corral")

    # then
    line = refused(run("backup", str(tmp_path / "copy")))
    assert "pg_dump" in line
    assert "secret" not in line


def test_a_damaged_database_makes_no_backup(run: Run, installation: Path, tmp_path: Path) -> None:
    # given: a page in the midst of the file is overwritten
    file = installation / "corral.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_mention_conversation'"
        ).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as stream:
        stream.seek((root - 1) * size)
        stream.write(b"\x0a" + b"\xff" * (size - 1))

    # when
    line = refused(run("backup", str(tmp_path / "copy")))
    checked = run("db", "check")

    # then
    assert "is damaged" in line and "docs/operating/repairing.md" in line
    assert checked.exit_code == 1
    assert "malformed" in checked.stdout
    assert [path for path in tmp_path.iterdir() if "copy" in path.name] == []


def test_a_disk_without_room_leaves_nothing_behind(installation: Path, tmp_path: Path) -> None:
    # when: no file may grow beyond 64 KiB
    backup = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "backup", str(tmp_path / "copy")],
        env={**os.environ, "PYTHONPATH": str(TREE), "CORRAL_DATA": str(installation)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536)),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    # then
    assert backup.returncode == 2
    assert backup.stderr.count("\n") == 1
    assert "Check that the disk it goes to has room" in backup.stderr
    assert [path for path in tmp_path.iterdir() if "copy" in path.name] == []


def test_the_state_of_the_tables_is_told(run: Run, installation: Path) -> None:
    # given
    well = run("db", "status")
    with closing(sqlite3.connect(installation / "corral.sqlite")) as connection, connection:
        connection.execute("UPDATE channels_version SET version_num = '9999'")
        connection.execute("UPDATE engine_version SET version_num = '0001'")
        connection.execute("DROP TABLE webapp_version")

    # when
    found = run("db", "status", "--format", "json")

    # then
    assert (well.exit_code, well.stdout.count("is up to date")) == (0, 3)
    assert found.exit_code == 1
    assert json.loads(found.stdout) == {
        "tables": {"engine": "older", "channels": "newer", "webapp": "none"},
        "connected": [],
    }


def test_a_whole_database_is_found_whole(run: Run, installation: Path) -> None:
    # when
    result = run("db", "check")

    # then
    assert result.exit_code == 0
    assert "every row could be moved" in result.stdout
    assert json.loads(run("db", "check", "--format", "json").stdout) == {
        "damage": [],
        "faults": [],
    }
