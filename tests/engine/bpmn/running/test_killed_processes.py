"""Random processes whose program dies between any two steps, and in the midst of them.

Each step is made by an engine that was just opened on the file another one left behind, without
a word: that one never closed it. Half of the steps die at some statement, before or after a
commit, and the next engine has to find out by itself how far they got.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from engine import Engine, InstanceStatus, Source
from engine.history import What
from engine.instances import WaitingElement
from tests.engine.bpmn.running.conftest import MORNING, Draw
from tests.engine.bpmn.running.random_processes import Maker

PROCESSES = 24
BATCH = 6
#: Steps after which a process that is not over counts as one that never will be.
MOST = 2_000
#: Statements of a step; one that dies does so at one of these.
STATEMENTS = 40


class Died(BaseException):
    """The end of a program, which nothing in it can catch or clean up after."""


class Clock:
    """Moves when told."""

    def __init__(self) -> None:
        self.present = MORNING

    def now(self) -> datetime:
        return self.present


@contextmanager
def dying(engine: Engine, statement: int) -> Iterator[None]:
    """Let the program end before its ``statement``-th statement, or after the block."""
    left = statement

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            raise Died

    database = engine.storage.database.engine
    event.listen(database, "before_cursor_execute", count)
    try:
        yield
    except Died:
        pass
    finally:
        event.remove(database, "before_cursor_execute", count)


class Deaths:
    """One process instance, and a new engine for every step of it."""

    def __init__(self, url: str, maker: Maker, rng: random.Random) -> None:
        self.url, self.maker, self.rng = url, maker, rng
        self.clock = Clock()
        self.left_behind: list[Engine] = []
        self.deaths = 0

    def opened(self) -> Engine:
        engine = Engine.open(self.url, clock=self.clock)
        self.left_behind.append(engine)
        return engine

    def deploy(self, xml: str, draw: Draw) -> None:
        engine = self.opened()
        called = [Source(f"{key}.bpmn", draw.process(inside, key, self.maker.more))
                  for key, inside in self.maker.called_processes]  # fmt: skip
        engine.deploy([Source("p.bpmn", draw.process(xml, more=self.maker.more)), *called])

    def runs(self) -> Engine:
        """Start the process and go on until it is over."""
        while not self.opened().instances():
            self.may_die(lambda engine: engine.start("p", dict(self.maker.variables)))
        for _ in range(MOST):
            engine = self.opened()
            # What a program does when it starts, as corral run does; it may die doing it.
            self.may_die(Engine.sweep)
            engine.sweep()
            instance = engine.instance(engine.instances()[0].id)
            if instance.status is not InstanceStatus.ACTIVE:
                return engine
            self.step(self.chosen(instance.waiting), instance.id)
        raise AssertionError("it goes on for ever")

    def may_die(self, work: Callable[[Engine], object]) -> None:
        """Do something in an engine of its own, which may end at any statement of it."""
        engine = self.opened()
        if self.rng.random() < 0.5:
            work(engine)
            return
        self.deaths += 1
        with dying(engine, self.rng.randint(1, STATEMENTS)):
            work(engine)

    def chosen(self, waiting: tuple[WaitingElement, ...]) -> WaitingElement:
        """Return something that may happen now."""
        able = [each for each in waiting if each.element not in self.maker.never]
        now = [each for each in able if each.element not in self.maker.late]
        if not now:
            last = max(self.maker.late[each.element] for each in able)
            now = [each for each in able if self.maker.late[each.element] == last]
        return self.rng.choice(now)

    def step(self, at: WaitingElement, instance: int) -> None:
        if at.kind == "timer":
            assert at.due is not None
            self.clock.present = max(self.clock.present, at.due) + timedelta(seconds=1)
        self.may_die(lambda engine: happen(engine, at, instance))


def happen(engine: Engine, at: WaitingElement, instance: int) -> None:
    """Let happen what a token waits for."""
    match at.kind:
        case "user_task":
            tasks = engine.user_tasks(instance, limit=500)
            engine.complete(next(task.id for task in tasks if task.element == at.element), by="ana")
        case "timer":
            engine.fire_due(engine.clock.now())
        case "message":
            engine.correlate(str(at.detail))
        case "signal":
            engine.signal(str(at.detail))
        case "job":
            job = next(each for each in engine.jobs(limit=500) if each.element == at.element)
            if at.element.startswith("fail"):
                engine.throw_error(job.id, "E1", "e1")
            else:
                engine.complete_job(job.id, {})
        case kind:
            raise AssertionError(f"nobody knows what to do about {kind} at {at.element}")


@pytest.mark.parametrize("first", range(0, PROCESSES, BATCH))
def test_a_random_process_is_the_same_however_often_its_program_dies(
    tmp_path: Path, draw: Draw, first: int
) -> None:
    deaths = 0
    for seed in range(first, first + BATCH):
        # given
        rng = random.Random(seed)
        maker = Maker(draw, rng)
        xml, _, _, run = maker.seq(3)
        expected = dict(maker.variables)
        elements = Counter(run(expected))
        life = Deaths(f"sqlite:///{tmp_path / f'{seed}.sqlite'}", maker, rng)
        life.deploy(xml, draw)

        # when
        engine = life.runs()

        # then
        (instance,) = engine.instances()
        lines = engine.history(instance.id)
        completed = Counter(line.element for line in lines if line.what is What.COMPLETED)
        completed.pop(None, None)
        assert instance.status is InstanceStatus.COMPLETED, seed
        assert completed == elements, seed
        assert engine.variables(instance.id) == expected, seed
        assert [line.what for line in lines if line.element is None] == [What.STARTED, What.ENDED]
        deaths += life.deaths
        for left in life.left_behind:
            left.close()
    assert deaths > BATCH
