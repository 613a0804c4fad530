"""A damaged database is told as such, and makes no incident of an instance that is not to blame."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from engine.errors import StorageError
from tests.engine.conftest import Bench


def test_whoever_meets_the_damage_hears_what_to_do(tmp_path: Path) -> None:
    # given: the page with the open user tasks is overwritten
    file = tmp_path / "corral.sqlite"
    bench = Bench(f"sqlite:///{file}")
    bench.deploy("care", {"any": [{"is": "user_task", "at": "answer"}]})
    instance = bench.engine.start("care")
    bench.engine.close()
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'user_task'"
        (page,) = connection.execute(query).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as stream:
        stream.seek((page - 1) * size)
        stream.write(b"\xff" * size)

    # when
    bench = Bench(f"sqlite:///{file}")
    with pytest.raises(StorageError, match=r"is damaged: .* Stop Corral .*repairing\.md"):
        bench.engine.user_tasks(instance.id)
    with pytest.raises(StorageError, match="is damaged"):
        bench.engine.start("care")

    # then
    assert bench.engine.incidents() == []
    bench.engine.close()
