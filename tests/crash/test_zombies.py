"""A process that was stopped, taken for dead, and goes on later writes over nobody's work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from engine import Engine, Source
from engine.history import What
from engine.user_tasks import UserTask
from tests.channels.conftest import lapse
from tests.crash.house import House, Part
from tests.crash.judge import Seen
from tests.crash.long_run import house_on
from tests.waiting import PATIENCE, until
from tools import tree
from tools.postgres import PostgresError

pytestmark = pytest.mark.postgres

WORK = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" id="d" targetNamespace="urn:test">
  <bpmn:process id="work" isExecutable="true">
    <bpmn:startEvent id="s"/>
    <bpmn:userTask id="ask"/>
    <bpmn:serviceTask id="do">
      <bpmn:extensionElements><corral:job type="work"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
    <bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="do"/>
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    opened = Engine.open(postgres_url)
    opened.deploy([Source("work.bpmn", WORK)])
    opened.start("work")
    yield opened
    opened.close()


@contextmanager
def stopped(url: str, moment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that completes the user task, and give it once it has stopped itself."""
    command = [sys.executable, "-m", "tests.crash.zombie", url, moment]
    with subprocess.Popen(command, cwd=tree.ROOT, stdout=subprocess.PIPE, text=True) as zombie:
        try:
            os.waitid(os.P_PID, zombie.pid, os.WSTOPPED)
            yield zombie
        finally:
            zombie.kill()


def declare_dead(url: str) -> None:
    """End the connection of whoever is in a transaction, as the server does after a while."""
    address = url.replace("+psycopg", "")
    ending = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    with psycopg.connect(address, autocommit=True) as connection:
        until(lambda: not connection.execute(ending).fetchall())


@pytest.mark.parametrize("moment", ["looked", "writing"])
def test_given_a_successor_when_a_stopped_program_goes_on_then_it_is_refused(
    engine: Engine, postgres_url: str, moment: str
) -> None:
    # given
    (task,) = engine.user_tasks()
    with stopped(postgres_url, moment) as zombie:
        declare_dead(postgres_url)
        engine.complete(task.id, {"by": "successor"})

        # when
        zombie.send_signal(signal.SIGCONT)
        told, _ = zombie.communicate(timeout=PATIENCE)

    # then
    assert (zombie.returncode, told.startswith("refused")) == (3, True)
    assert engine.variables(task.instance_id)["by"] == "successor"
    lines = [line.what for line in engine.history(task.instance_id) if line.element == "ask"]
    assert lines == [What.ENTERED, What.COMPLETED]
    assert len(engine.jobs(task.instance_id)) == 1


@pytest.fixture
def house(folder: Path) -> Iterator[House]:
    try:
        with house_on("postgresql", folder, seed=1, webs=0) as opened:
            yield opened
    except PostgresError as reason:
        pytest.skip(str(reason))


def workers(house: House) -> tuple[Part, Part]:
    first, second = (part for part in house.parts if part.name.startswith("worker"))
    return first, second


def answered(engine: Engine, house: House, number: int) -> str:
    """Let a customer write, answer them, and return the answer."""
    mention = {"id": f"m{number}", "thread": f"t{number}", "author": "bob", "text": "Help!"}
    house.tell_network("/shown/mentions", {"mentions": [mention]})
    found: list[UserTask] = []
    until(lambda: found.extend(engine.user_tasks(queue="care")) or found)
    answer = f"Answer {number}"
    engine.complete(found[0].id, {"answer": answer})
    return answer


def status(engine: Engine, answer: str) -> str | None:
    with engine.reading() as view:
        query = text("SELECT status FROM reply WHERE text = :text AND job_id IS NOT NULL")
        return view.connection.scalar(query, {"text": answer})


def test_given_a_worker_stopped_while_it_posts_when_another_took_over_then_nothing_is_told_twice(
    house: House,
) -> None:
    # given: the post is there, and the worker stops before it hears of it
    zombie, successor = workers(house)
    successor.kill()
    with house.opened() as installation:
        engine = installation.engine
        house.tell_network("/faults", {"hold": True})
        answer = answered(engine, house, 1)
        until(lambda: Seen.in_log(house.log).texts[answer])
        zombie.send(signal.SIGSTOP)
        house.tell_network("/faults", {})
        # Its threads stopped anywhere, perhaps in a transaction that holds a row.
        declare_dead(house.settings.url)

        # when: its lease is over, another one looks for the post, and then the first one goes on
        lapse(engine)
        house.start(successor)
        until(lambda: status(engine, answer) == "sent")
        zombie.send(signal.SIGCONT)
        successor.kill()
        later = answered(engine, house, 2)
        until(lambda: status(engine, later) == "sent")

        # then
        seen = Seen.in_log(house.log)
        assert (seen.texts[answer], seen.texts[later], seen.calls.total()) == (1, 1, 2)
        assert status(engine, answer) == "sent"
        for instance in engine.instances():
            lines = engine.history(instance.id)
            sent = [line for line in lines if (line.element, line.what) == ("send", What.COMPLETED)]
            assert len(sent) <= 1
        assert zombie.alive
