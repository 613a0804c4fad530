"""The command as a real process, and the database as another process sees it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

import processes
from tools.program import Program
from webapp import logs
from webapp.bootstrap import opened
from webapp.cli import main
from webapp.settings import Settings

#: What must come out the same, and by which column the rows are told apart.
COUNTED = {
    "customer": None,
    "identity": None,
    "conversation": None,
    "mention": None,
    "reply": "status",
    "instance": "status",
    "user_task": "status",
    "inbox": None,
    "incident": None,
}
Counts = dict[str, dict[str, int]]


def counts(data: Path) -> Counts:
    """Return how many rows of each kind a data folder holds, read beside whoever writes."""
    found: Counts = {}
    with closing(sqlite3.connect(f"file:{data / 'corral.sqlite'}?mode=ro", uri=True)) as database:
        for table, column in COUNTED.items():
            query = f"SELECT {column or repr('rows')}, count(*) FROM {table} GROUP BY 1"
            found[table] = dict(database.execute(query).fetchall())
    return found


def stored(data: Path) -> int:
    """Return how many mentions are committed; 0 while there is no database yet."""
    try:
        return counts(data)["mention"].get("rows", 0)
    except sqlite3.OperationalError:
        return 0


@pytest.fixture
def replay(corral: Callable[..., Program], tmp_path: Path) -> Callable[..., Program]:
    """Starts a replay at full speed into the folder ``name``; the complaint is deployed first."""

    def start(recording: Path, name: str) -> Program:
        return corral(*replaying(recording, tmp_path / name))

    return start


@pytest.fixture
def replayed(tmp_path: Path) -> Iterator[Callable[[Path, str], dict[str, int]]]:
    """Replays in peace, in this process, and returns what the command printed."""

    def call(recording: Path, name: str) -> dict[str, int]:
        result = CliRunner().invoke(main, replaying(recording, tmp_path / name))
        assert result.exit_code == 0, result.output
        found: dict[str, int] = json.loads(result.stdout)
        return found

    yield call
    logs.set_up_quietly()


def replaying(recording: Path, data: Path) -> list[str]:
    """Return how to replay at full speed; the complaint is deployed."""
    if not data.exists():
        with opened(Settings(data=data, database_url=None)) as installation:
            installation.engine.deploy(processes.files("complaint"))
    options = ["--speed", "max", "--data", str(data), "--format", "json"]
    return ["replay", str(recording), *options]


@pytest.fixture
def read_counts() -> Callable[[Path], Counts]:
    """Counts the rows of a data folder."""
    return counts


@pytest.fixture
def read_stored() -> Callable[[Path], int]:
    """Counts the committed mentions of a data folder."""
    return stored


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the account of a database server reaches too, unlike those of pytest."""
    made = Path(tempfile.mkdtemp(prefix="corral-crash-"))
    yield made
    shutil.rmtree(made)
