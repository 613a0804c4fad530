"""An installation of an earlier version goes through the migrations, and runs on."""

from __future__ import annotations

import random
import shutil
import string
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, text

from engine import Engine
from engine.definitions import Source
from engine.history import HistoryEntry, What
from engine.messages import Correlated
from engine.storage import MIGRATIONS, VERSION_TABLE, Database, migrate
from engine.storage.history import NUMBERS
from tests.engine.conftest import StandingClock

#: The last migration of the version before.
BEFORE = "0006"
PROCESS = Source(
    "case.bpmn",
    b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs">
      <message id="m" name="news"/><process id="case" isExecutable="true">
      <startEvent id="s"/><userTask id="ask"/><endEvent id="e"/><scriptTask id="note"
      scriptFormat="python"><script>reminded = reminded + 1</script></scriptTask>
      <boundaryEvent id="remind" attachedToRef="ask" cancelActivity="false">
      <timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></boundaryEvent>
      <boundaryEvent id="told" attachedToRef="ask" cancelActivity="false">
      <messageEventDefinition messageRef="m"/></boundaryEvent><endEvent id="heard"/>
      <sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
      <sequenceFlow id="f2" sourceRef="ask" targetRef="e"/>
      <sequenceFlow id="f3" sourceRef="remind" targetRef="note"/>
      <sequenceFlow id="f4" sourceRef="told" targetRef="heard"/></process></definitions>""",
)
#: A name that no index of PostgreSQL takes, and no compression makes short.
LONG = "".join(random.Random(7).choices(string.ascii_letters, k=3_000))
#: What is a number of the table "term" now.
TEXTS = {
    "timer": ("element", "element_name"),
    "subscription": ("element", "element_name", "name"),
}
DETAIL = '{"rule":"Zo\u00eb\u2019s","at":{"corral:datetime":"2026-03-01T12:00:00+00:00"}}'


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


def earlier(url: str, folder: Path) -> Database:
    """Make a database as the version before left it: its tables, and no row."""
    versions = folder / "before" / "versions"
    versions.mkdir(parents=True)
    for script in (MIGRATIONS / "versions").glob("*.py"):
        if script.name[:4] <= BEFORE:
            shutil.copy(script, versions)
    database = Database(url)
    migrate(database, versions.parent, VERSION_TABLE)
    return database


def fill(database: Database, donor: Engine) -> list[HistoryEntry]:
    """Store what ``donor`` holds as the version before did; return its first history."""
    old, new = MetaData(), MetaData()
    entries = donor.history(1)
    with donor.reading() as view, database.write() as connection:
        new.reflect(view.connection)
        old.reflect(connection)
        terms = dict(view.connection.exec_driver_sql("SELECT id, text FROM term").all())
        terms[None] = None
        # Nobody refers to histories, so that the others may come in the order of their keys.
        for table in old.sorted_tables:
            if table.name in (VERSION_TABLE, "history"):
                continue
            rows = view.connection.execute(new.tables[table.name].select()).mappings().all()
            shared = [each.name for each in table.columns if each.name in new.tables[table.name].c]
            for row in rows:
                values = {name: stored(row[name], database) for name in shared}
                values |= {name: terms[row[name]] for name in TEXTS.get(table.name, ())}
                if table.name == "timer":
                    values["element_name"] = LONG
                connection.execute(table.insert().values(values))
        for entry in entries:
            connection.execute(old.tables["history"].insert().values(written(entry, database)))
        if not database.sqlite:
            count_on(connection, old)
    return entries


def stored(value: Any, database: Database) -> Any:
    """Return a value as the driver of the database takes it."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return aware.replace(tzinfo=None) if database.sqlite else aware
    return value


def written(entry: HistoryEntry, database: Database) -> dict[str, Any]:
    return {
        "workspace_id": 1,
        "instance_id": 1,
        "element": entry.element,
        "what": entry.what.value,
        "at": stored(entry.at, database),
        "by": entry.by,
        "detail": DETAIL if entry.element == "s" else None,
    }


def count_on(connection: Connection, old: MetaData) -> None:
    """Let new rows be numbered after those that were stored with their numbers."""
    for name in old.tables.keys() - {VERSION_TABLE}:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), "
                f"greatest(max(id), 1), max(id) IS NOT NULL) FROM {name}"
            )
        )


def test_given_an_installation_of_the_version_before_when_opened_then_it_runs_on(
    url: str, tmp_path: Path, clock: StandingClock
) -> None:
    if url == "sqlite://":
        pytest.skip("no database in memory is of an earlier version")
    # given: two cases that wait for an agent, a moment and a message
    database = earlier(url, tmp_path)
    with closing(Engine.in_memory(clock=clock)) as donor:
        donor.deploy([PROCESS])
        for text_ in ("it broke", "it is late"):
            donor.start("case", {"reminded": 0, "text": text_}, business_key="case:1")
        before, places = fill(database, donor), donor.instance(2).waiting
    database.close()

    # when
    with closing(Engine.open(url, clock=clock)) as engine:
        waiting = engine.instance(2).waiting
        told = engine.correlate("news")
        engine.pump(clock.move(hours=1))
        (task,) = engine.user_tasks(1)
        engine.complete(task.id, {}, by="ana")
        new = engine.start("case", {"reminded": 0})

        # then
        history = engine.history(1)
        assert waiting == tuple(
            replace(each, name=LONG[:255]) if each.kind == "timer" else each for each in places
        )
        assert (told.outcome, told.instance_id) == (Correlated.CORRELATED, 1)
        assert engine.variables(1)["reminded"] == 1
        assert engine.variables(2) == {"reminded": 1, "text": "it is late"}
        assert [(e.element, e.what) for e in history[: len(before)]] == [
            (e.element, e.what) for e in before
        ]
        assert [e.element for e in history[len(before) :]] == [
            *("told", "heard", "remind", "note", "ask", "e", None)
        ]
        assert history[1].detail == {
            "rule": "Zo\u00eb\u2019s",
            "at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        }
        assert history[-1].what is What.ENDED
        assert new.id == 3
        assert engine.next_due() == clock.now() + timedelta(hours=1)


def test_elements_and_kinds_of_entry_are_the_same_text_after_the_upgrade(
    url: str, tmp_path: Path, clock: StandingClock
) -> None:
    # given: every kind of entry there was by then
    kinds = [what for what in What if what is not What.TOO_LATE]
    database = earlier(url, tmp_path)
    with closing(Engine.in_memory(clock=clock)) as donor:
        donor.deploy([PROCESS])
        donor.start("case", {"reminded": 0})
        fill(database, donor)
    with database.write() as connection:
        for what in kinds:
            connection.execute(
                text(
                    "INSERT INTO history (workspace_id, instance_id, element, what, at) "
                    "VALUES (1, 1, :element, :what, '2026-03-01 12:00:00+00')"
                ),
                {"element": f"of {what}", "what": what.value},
            )

    # when
    migrate(database, MIGRATIONS, VERSION_TABLE)

    # then
    with database.read() as connection:
        query = "SELECT t.text, h.what FROM history h JOIN term t ON t.id = h.element"
        query += " WHERE substr(t.text, 1, 3) = 'of ' ORDER BY h.id"
        rows = connection.exec_driver_sql(query).all()
    assert [tuple(row) for row in rows] == [(f"of {what}", NUMBERS[what]) for what in kinds]
    assert list(NUMBERS) == list(What)
    database.close()
