"""What can happen to an instance from outside, as data a designer can read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.engine.bpmn.corpus.scenario import Move, Stage


def completes(element: str, **data: Any) -> Move:
    """An agent completes the oldest open user task at ``element``."""

    def make(stage: Stage) -> None:
        tasks = [task for task in stage.engine.user_tasks() if task.element == element]
        stage.engine.complete(min(task.id for task in tasks), data, by="ana")

    return Move(f"{element} is completed", make)


def message(name: str, key: str | None = None, *, kept: float = 0, **payload: Any) -> Move:
    """A message arrives; it is kept for ``kept`` hours while nobody waits for it."""

    def make(stage: Stage) -> None:
        living = timedelta(hours=kept) if kept else timedelta(0)
        stage.engine.correlate(name, key, payload, time_to_live=living)

    return Move(f"the message '{name}' arrives", make)


def signal(name: str, **payload: Any) -> Move:
    """A signal is heard by everybody."""
    return Move(f"the signal '{name}' is thrown", lambda stage: _heard(stage, name, payload))


def _heard(stage: Stage, name: str, payload: dict[str, Any]) -> None:
    stage.engine.signal(name, payload)


def passes(**time: float) -> Move:
    """Time passes, and all that is due happens."""

    def make(stage: Stage) -> None:
        stage.engine.pump(stage.clock.move(**time))

    return Move(" ".join(f"{value} {unit}" for unit, value in time.items()) + " pass", make)


def done(element: str, **result: Any) -> Move:
    """A job handler does the oldest open job of ``element``."""

    def make(stage: Stage) -> None:
        jobs = [job for job in stage.engine.jobs() if job.element == element]
        stage.engine.complete_job(min(job.id for job in jobs), result)

    return Move(f"the job of {element} is done", make)


def throws(element: str, code: str, text: str = "") -> Move:
    """A job ends with a BPMN error."""

    def make(stage: Stage) -> None:
        (job,) = [job for job in stage.engine.jobs() if job.element == element]
        stage.engine.throw_error(job.id, code, text)

    return Move(f"the job of {element} throws {code}", make)


def resolves(element: str, **variables: Any) -> Move:
    """An operator corrects variables and resolves the incident at ``element``."""

    def make(stage: Stage) -> None:
        (found,) = [each for each in stage.engine.incidents() if each.element == element]
        stage.engine.resolve(found.id, by="olga", variables=variables)

    return Move(f"the incident at {element} is resolved", make)


def starts(key: str, **variables: Any) -> Move:
    """Another instance is started."""

    def make(stage: Stage) -> None:
        stage.engine.start(key, variables)

    return Move(f"{key} is started", make)


def holds(**variables: Any) -> Move:
    """The world tells what is so, for conditional start events."""

    def make(stage: Stage) -> None:
        stage.engine.start_conditional(variables)

    return Move("the world changes", make)
