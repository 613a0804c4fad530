"""One line of the corpus: a diagram, what happens to it, and what has to come of that.

A scenario is played on a whole engine in memory, so every wait goes through stored bytes. It is
compared as data: which elements completed in which order, what the variables are, what waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import Engine
from engine.definitions import Source
from engine.errors import EngineError
from engine.history import What
from tests.engine.conftest import StandingClock

CONSTRUCTS = Path(__file__).parents[3] / "corpus/constructs"


@dataclass
class Stage:
    """An engine, its clock, and what was refused by the last move."""

    engine: Engine
    clock: StandingClock

    def instances(self) -> list[Any]:
        """Return the instances in the order they were started."""
        return sorted(self.engine.instances(), key=lambda each: each.id)


@dataclass(frozen=True)
class Move:
    """Something that happens: ``said`` is how a person would tell it."""

    said: str
    make: Callable[[Stage], None] = field(compare=False)


@dataclass(frozen=True)
class Scenario:
    """What is done with one diagram, and what is to be seen afterwards.

    Attributes:
        diagram: stem of the file in ``tests/corpus/constructs``.
        sentence: what the scenario shows, for the test's name and for the coverage page.
        order: the elements that completed, in order; ``|`` stands between instances.
        data: variables of the first instance at the end; ``...`` stands for any value.
        proves: names of BPMN elements of the file; without any one of them the outcome is another.
        start: variables it is started with; None when a move starts it.
        moves: what happens after it was started.
        end: status of the first instance, then what waits in any of them, as ``element@queue`` of
            user tasks, ``element:type`` of jobs, ``element!`` of incidents.
        beside: further files of the folder that are deployed along.
        process: which process is started, where the file holds several.
    """

    diagram: str
    sentence: str
    order: str
    data: dict[str, Any]
    proves: str = ""
    start: dict[str, Any] | None = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    end: str = "completed"
    beside: tuple[str, ...] = ()
    process: str | None = None

    @property
    def path(self) -> Path:
        """Where the diagram is."""
        return CONSTRUCTS / f"{self.diagram}.bpmn"

    def holds(self, content: bytes) -> bool:
        """Tell whether the scenario comes true on ``content``; what cannot be run does not."""
        try:
            order, data, end = played(self, content)
        except (EngineError, ValueError):
            return False
        return (order, self.masked(data), end) == (self.order, self.data, self.end)

    def masked(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return ``data`` with ``...`` where the scenario takes any value."""
        return {key: ... if self.data.get(key) is ... else value for key, value in data.items()}


def played(scenario: Scenario, content: bytes) -> tuple[str, dict[str, Any], str]:
    """Return the order of elements, the variables and the end of a scenario on ``content``."""
    stage = Stage(Engine.in_memory(clock=(clock := StandingClock())), clock)
    try:
        files = [Source(scenario.path.name, content)]
        files += [Source(name, (CONSTRUCTS / name).read_bytes()) for name in scenario.beside]
        stage.engine.deploy(files)
        if scenario.start is not None:
            key = scenario.process or scenario.diagram.replace("-", "_")
            stage.engine.start(key, scenario.start, business_key="first")
        for move in scenario.moves:
            move.make(stage)
        return outcome(stage)
    finally:
        stage.engine.close()


def outcome(stage: Stage) -> tuple[str, dict[str, Any], str]:
    """Return what is to be seen on a stage now."""
    instances = stage.instances()
    orders = []
    for instance in instances:
        history = stage.engine.history(instance.id)
        orders.append(
            " ".join(entry.element or "-" for entry in history if entry.what is What.COMPLETED)
        )
    if not instances:
        return "", {}, "nothing started"
    waiting = " ".join([instances[0].status, *_waiting(stage)])
    return " | ".join(orders), stage.engine.variables(instances[0].id), waiting


def _waiting(stage: Stage) -> list[str]:
    tasks = sorted(stage.engine.user_tasks(), key=lambda task: task.id)
    found = [f"{task.element}@{task.queue or ''}".rstrip("@") for task in tasks]
    found += [f"{job.element}:{job.type}" for job in stage.engine.jobs()]
    return found + [f"{each.element}!" for each in reversed(stage.engine.incidents())]


__all__ = ["CONSTRUCTS", "Move", "Scenario", "Stage", "outcome", "played"]
