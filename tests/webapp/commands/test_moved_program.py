"""After a move, ``corral run`` as a process of its own takes up what waited in the old database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from pydantic import SecretStr

from engine import Engine
from tests.waiting import PATIENCE
from tests.wakers import Deaf
from tools import recording
from tools.program import Program
from webapp import bootstrap
from webapp.settings import Settings

Run = Callable[..., Result]

pytestmark = pytest.mark.postgres

#: Long ago: due the moment anybody looks.
PAST = "2026-01-01 00:00:00.000000"
ANSWER = {"answer": "It comes tomorrow.", "visibility": "public", "next_step": "reply"}


@pytest.fixture
def stopped(run: Run, data: Path, tmp_path: Path) -> Path:
    """The file of an installation that stopped with timers overdue and an inbox unapplied."""
    recorded = recording.write(tmp_path / "recording.csv", mentions=15)
    assert run("replay", str(recorded.path)).exit_code == 0
    file = data / "corral.sqlite"
    with closing(Engine.open(f"sqlite:///{file}")) as engine:
        engine.use_waker(Deaf())
        with engine.transaction() as uow:
            engine.correlate("mention.received", "conversation:900", {}, within=uow)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE timer SET due_at = ?", (PAST,))
    return file


def waiting(engine: Engine) -> tuple[int, bool]:
    """Return how many instances have something in their inbox, and whether a timer is overdue."""
    due = engine.next_due()
    return len(engine.storage.unapplied(limit=100)), due is not None and due < datetime.now(UTC)


def arrived(engine: Engine) -> int:
    """Return how many of the agent's answers the network has taken."""
    with engine.transaction() as uow:
        query = "SELECT count(*) FROM reply WHERE text = %s AND status = 'sent'"
        found: int = uow.connection.exec_driver_sql(query, (ANSWER["answer"],)).scalar_one()
        return found


def test_what_waited_goes_on_and_people_finish_it(
    run: Run, corral: Callable[..., Program], stopped: Path, data: Path, postgres_url: str
) -> None:
    # given
    assert run("move", f"sqlite:///{stopped}", postgres_url).exit_code == 0
    settings = Settings(data=data, database_url=SecretStr(postgres_url))
    with bootstrap.opened(settings) as installation:
        engine = installation.engine
        assert waiting(engine) == (1, True)
        before = {task.id for task in engine.user_tasks(limit=200)}

        # when
        running = corral("run", "--port", 0, database_url=postgres_url, data=data)
        running.until(lambda: waiting(engine) == (0, False), within=PATIENCE)
        for task in engine.user_tasks(limit=200):
            if task.form == "answer":
                engine.complete(task.id, ANSWER, by="ana")
        running.until(lambda: arrived(engine) > 0, within=PATIENCE)
        code = running.stop(within=PATIENCE)

        # then
        assert code == 0
        assert engine.incidents() == []
        assert {task.id for task in engine.user_tasks(limit=200)} != before
