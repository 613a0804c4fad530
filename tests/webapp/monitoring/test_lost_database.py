"""A PostgreSQL server that turns us away: it is told, and it is told when it is over."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from engine import Engine
from webapp.bootstrap import wire
from webapp.monitoring.monitor import METRICS, READY, Monitor
from webapp.settings import Settings

TOKEN = "0123456789abcdef0123456789abcdef"

pytestmark = pytest.mark.postgres


@pytest.fixture
def monitor(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Monitor]:
    """The monitor of an installation on PostgreSQL, which looks anew each time it is asked."""
    monkeypatch.setattr("webapp.monitoring.stored.KEPT", 0.0)
    engine = Engine.open(postgres_url)
    found = wire(engine, Settings(metrics_token=TOKEN)).rooms.monitor  # type: ignore[arg-type]
    found.health._kept = 0.0
    found.health._patience = 60.0
    yield found
    engine.close()


def let_in(server: str, url: str, *, anybody: bool) -> None:
    """Let connections into the database of ``url``, or end them and let none in."""
    name = make_url(url).database or ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                sql.Identifier(name), sql.Literal(anybody)
            )
        )
        if not anybody:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
            )


def test_a_database_that_turns_us_away_is_told_and_so_is_its_return(
    monitor: Monitor, postgres: str, postgres_url: str
) -> None:
    # given
    before = monitor.answer(READY)
    bearer = f"Bearer {TOKEN}"

    # when
    let_in(postgres, postgres_url, anybody=False)
    away, figures = monitor.answer(READY), monitor.answer(METRICS, bearer)
    let_in(postgres, postgres_url, anybody=True)
    after, again = monitor.answer(READY), monitor.answer(METRICS, bearer)

    # then
    assert [each.status for each in (before, away, after)] == [200, 503, 200]
    assert b'"database": "fails"' in away.body and b'"tables": "fails"' in away.body
    assert b"corral_database_up 0.0" in figures.body
    assert b"corral_instances_started_total 0.0" in figures.body
    assert b"corral_database_up 1.0" in again.body
    secret = make_url(postgres_url).database or "?"
    assert secret.encode() not in away.body + figures.body
