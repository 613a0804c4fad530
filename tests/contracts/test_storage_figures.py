"""The figures an operator watches are the same on every database, and bounded."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import MetaData, insert, select, text, update

from engine.figures import MOST, Figures
from engine.storage import MIGRATIONS, VERSION_TABLE, Database, migrate
from engine.storage.tables import InboxRow, IncidentRow
from tests.engine.conftest import Bench
from tests.wakers import Deaf

TASK = {"is": "user_task", "at": "answer"}
LATE = {"is": "timer", "at": "late", "in": 60}
SEND = {"is": "job", "at": "send", "type": "reply.send", "retries": 1}


def left(bench: Bench, count: int) -> None:
    """Leave the first event of so many instances in their inboxes."""
    bench.deploy("care", {"any": [TASK]})
    bench.core.waker = Deaf()
    with bench.engine.transaction() as uow:
        for _ in range(count):
            bench.engine.start("care", within=uow)


def test_where_nothing_waits_every_figure_is_nought(bench: Bench) -> None:
    assert bench.engine.figures() == Figures(0, 0.0, 0.0, 0, 0)


def test_what_was_left_in_the_inbox_is_counted_with_its_age(bench: Bench) -> None:
    # given
    left(bench, 3)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    with bench.core.storage.database.write() as connection:
        first = select(InboxRow.id).order_by(InboxRow.id).limit(1).scalar_subquery()
        connection.execute(update(InboxRow).where(InboxRow.id == first).values(added_at=hour_ago))

    # when
    before = bench.engine.figures()
    bench.engine.sweep()
    after = bench.engine.figures()

    # then
    assert before.inbox == 3
    # The clock of SQLite counts whole seconds.
    assert 3599 <= before.inbox_age < 7200
    assert (after.inbox, after.inbox_age) == (0, 0.0)


def test_an_event_that_just_came_is_hardly_old(bench: Bench) -> None:
    # given
    left(bench, 1)

    # then
    assert 0.0 <= bench.engine.figures().inbox_age < 3600


def test_a_timer_nobody_fired_is_told_with_its_delay(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [LATE]})
    bench.engine.start("care")
    early = bench.engine.figures()

    # when
    bench.clock.move(seconds=90)

    # then
    assert (early.timer_delay, bench.engine.figures().timer_delay) == (0.0, 30.0)


def test_incidents_of_jobs_and_of_elements_are_told_apart(bench: Bench) -> None:
    # given
    bench.deploy("send", {"any": [SEND]})
    (job,) = bench.engine.jobs(bench.engine.start("send").id)
    bench.deploy("fail", {"any": [{"is": "failure", "at": "sum", "why": "x"}]})
    bench.engine.start("fail")

    # when
    bench.engine.fail_job(job.id, "no network")
    both = bench.engine.figures()
    for incident in bench.engine.incidents():
        bench.engine.resolve(incident.id, by="oli")

    # then
    assert (both.element_incidents, both.job_incidents) == (1, 1)
    assert bench.engine.figures().job_incidents == 0


def test_counting_ends_where_a_larger_number_would_tell_no_more(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    instance = bench.engine.start("care")
    row = {
        "workspace_id": bench.engine.workspace.id, "instance_id": instance.id, "token": 1,
        "slot": 0, "element": "x", "what": "", "cure": "", "created_at": bench.clock.now(),
    }  # fmt: skip
    with bench.core.storage.database.write() as connection:
        connection.execute(insert(IncidentRow), [row] * (MOST + 5))

    # then
    assert bench.engine.figures().element_incidents == MOST


def test_connections_in_use_are_told(bench: Bench) -> None:
    # given
    idle = bench.engine.connections()

    # when
    with bench.engine.transaction():
        busy = bench.engine.connections()

    # then
    assert idle.used == 0
    assert busy.used == (0 if bench.core.storage.database.memory else 1)
    assert busy.most == idle.most >= 1


def test_events_that_wait_during_the_upgrade_are_kept(url: str, tmp_path: Path) -> None:
    # given
    if url == "sqlite://":
        pytest.skip("a database in memory is never upgraded")
    database = Database(url)
    migrate(database, up_to("0005", tmp_path), VERSION_TABLE)
    now = datetime.now(UTC).replace(tzinfo=None) if database.sqlite else datetime.now(UTC)
    old = MetaData()
    with database.write() as connection:
        old.reflect(connection)
        for name, row in waiting(now).items():
            connection.execute(old.tables[name].insert().values(id=1, **row))

    # when
    migrate(database, up_to("0006", tmp_path), VERSION_TABLE)

    # then
    with database.read() as connection:
        kind, added_at = connection.execute(select(InboxRow.kind, InboxRow.added_at)).one()
    database.close()
    assert kind == "message"
    assert added_at.tzinfo is UTC


def up_to(last: str, folder: Path) -> Path:
    """Return a folder with the migrations up to one."""
    versions = folder / last / "versions"
    versions.mkdir(parents=True)
    for script in (MIGRATIONS / "versions").glob("*.py"):
        if script.name[:4] <= last:
            shutil.copy(script, versions)
    return versions.parent


def waiting(now: datetime) -> dict[str, dict[str, object]]:
    """Return the rows of an instance with one event in its inbox, each after those it names."""
    return {
        "workspace": {"key": "w", "name": "W", "zone": "UTC"},
        "deployment": {"workspace_id": 1, "digest": "d", "deployed_at": now},
        "resource": {
            "workspace_id": 1, "deployment_id": 1, "name": "r", "content": b"", "problems": "[]",
        },
        "definition": {
            "workspace_id": 1, "deployment_id": 1, "resource_id": 1, "kind": "process", "key": "k",
            "version": 1, "name": "K", "startable": True, "none_start": True, "elements": "[]",
        },
        "instance": {
            "workspace_id": 1, "definition_id": 1, "definition_key": "k", "revision": 0,
            "status": "active", "started_at": now,
        },
        "inbox": {
            "workspace_id": 1, "instance_id": 1, "kind": "message", "slot": 0, "payload": "{}",
        },
    }  # fmt: skip


def test_an_error_of_the_database_quotes_no_value(bench: Bench) -> None:
    # when
    with (
        pytest.raises(Exception, match="nowhere") as failure,
        bench.core.storage.database.read() as c,
    ):
        c.execute(
            text("SELECT * FROM nowhere WHERE word = :word"), {"word": "what a customer wrote"}
        )

    # then
    assert "what a customer wrote" not in str(failure.value)
