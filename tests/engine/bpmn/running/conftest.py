"""A diagram drawn in a few lines, and an instance that goes through its bytes at each wait."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.sax.saxutils import escape

import pytest

from engine import Engine
from engine.bpmn.runner import SpiffRunner
from engine.catalogue import LATEST, Which
from engine.errors import NotFoundError
from engine.history import What
from engine.instances import InstanceStatus
from engine.packing import Dictionary
from engine.ports import (
    Event,
    EventKind,
    FailureWait,
    JobWait,
    MessageWait,
    Outcome,
    SignalWait,
    StoredDecision,
    StoredProcess,
    TimerWait,
    UserTaskWait,
    Wait,
)

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:corral="urn:corral:bpmn:1"><message id="m" name="m"/><message id="n" name="n"/>'
    '<signal id="sg" name="sg"/><error id="e1" errorCode="E1"/>'
    '<escalation id="x1" escalationCode="X1"/>'
)


class Draw:
    """Writes pieces of BPMN."""

    def process(self, body: str, key: str = "p", more: str = "") -> bytes:
        process = f'<process id="{key}" isExecutable="true">{body}</process>'
        return f"{HEAD}{more}{process}</definitions>".encode()

    def script(
        self, key: str, text: str = "pass_ = 1", attributes: str = "", inner: str = ""
    ) -> str:
        script = f"<script>{escape(text)}</script>"
        return f'<scriptTask id="{key}" {attributes}>{inner}{script}</scriptTask>'

    def flow(self, *keys: str) -> str:
        pairs = itertools.pairwise(keys)
        return "".join(
            f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
        )

    def when(self, source: str, target: str, text: str) -> str:
        return (
            f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">'
            f"<conditionExpression>{escape(text)}</conditionExpression></sequenceFlow>"
        )

    def nodes(self, kind: str, *keys: str) -> str:
        return "".join(f'<{kind} id="{key}"/>' for key in keys)

    def duration(self, text: str, tag: str = "timeDuration") -> str:
        return f"<timerEventDefinition><{tag}>{escape(text)}</{tag}></timerEventDefinition>"

    def message(self, name: str = "m") -> str:
        return f'<messageEventDefinition messageRef="{name}"/>'

    def catch(self, key: str, definition: str, extension: str = "", attributes: str = "") -> str:
        return (
            f'<intermediateCatchEvent id="{key}" {attributes}>{self.extended(extension)}'
            f"{definition}</intermediateCatchEvent>"
        )

    def boundary(
        self,
        key: str,
        host: str,
        definition: str,
        *,
        interrupting: bool = True,
        extension: str = "",
    ) -> str:
        cancel = str(interrupting).lower()
        return (
            f'<boundaryEvent id="{key}" attachedToRef="{host}" cancelActivity="{cancel}">'
            f"{self.extended(extension)}{definition}</boundaryEvent>"
        )

    def extended(self, extension: str) -> str:
        return f"<extensionElements>{extension}</extensionElements>" if extension else ""

    def sub(self, key: str, body: str, tag: str = "subProcess", attributes: str = "") -> str:
        return f'<{tag} id="{key}" {attributes}>{body}</{tag}>'

    def undoable(self, key: str) -> str:
        """A script task that notes itself in ``done``, and one that undoes it."""
        return (
            self.script(key, f"done = done + ['{key}']")
            + self.boundary(f"b{key}", key, "<compensateEventDefinition/>")
            + self.script(f"undo{key}", f"done = done + ['undo{key}']", 'isForCompensation="true"')
            + f'<association id="as{key}" sourceRef="b{key}" targetRef="undo{key}"/>'
        )


class Shelf:
    """A catalogue of processes and decisions in memory."""

    def __init__(self) -> None:
        self.processes: dict[int, StoredProcess] = {}
        self.decisions: dict[str, StoredDecision] = {}
        #: Number of the deployment a process came with, where a test cares.
        self.beside: dict[int, int] = {}
        #: By definition id, which is the number too.
        self.dictionaries: dict[int, Dictionary] = {}

    def add(self, key: str, content: bytes) -> StoredProcess:
        stored = StoredProcess(len(self.processes) + 1, key, f"{key}.bpmn", content)
        self.processes[stored.id] = stored
        return stored

    def process(self, definition_id: int) -> StoredProcess:
        if definition_id not in self.processes:
            raise NotFoundError("definition", definition_id)
        return self.processes[definition_id]

    def called_process(self, key: str, which: Which = LATEST) -> StoredProcess | None:
        found = [stored for stored in self.processes.values() if stored.key == key]
        if which.version is not None:
            return found[which.version - 1] if which.version <= len(found) else None
        if which.beside is not None:
            own = self.beside[which.beside]
            return next((each for each in found if self.beside.get(each.id) == own), None)
        return found[-1] if found else None

    def asked_decision(self, key: str, which: Which = LATEST) -> StoredDecision | None:
        return self.decisions.get(key)

    def dictionary(self, number: int) -> Dictionary | None:
        return self.dictionaries.get(number)

    def dictionary_of(self, definition_id: int) -> Dictionary | None:
        return self.dictionaries.get(definition_id)


class Case:
    """One instance. Between two events only its bytes and its open waits are kept."""

    def __init__(self, runner: SpiffRunner, shelf: Shelf, stored: StoredProcess) -> None:
        self.runner, self.shelf, self.stored = runner, shelf, stored
        self.now = MORNING
        self.state: bytes | None = None
        self.open: dict[tuple[int, int], Wait] = {}
        self.history: list[tuple[str | None, What]] = []
        self.last: Outcome

    # -- telling it what happened --------------------------------------------------------------

    def apply(self, *events: Event) -> Outcome:
        self.last = outcome = self.runner.run(
            self.stored, self.state, list(events), now=self.now, catalogue=self.shelf
        )
        self.state = outcome.state
        for closed in outcome.closed:
            del self.open[closed.token, closed.slot]
        for wait in outcome.opened:
            assert (wait.token, wait.slot) not in self.open
            self.open[wait.token, wait.slot] = wait
        self.history += [(entry.element, entry.what) for entry in outcome.history]
        return outcome

    def start(self, variables: dict[str, Any] | None = None, at: str | None = None) -> None:
        self.apply(Event(EventKind.STARTED, name=at, payload=variables or {}))

    def do(self, element: str, **data: Any) -> None:
        token = self.wait(UserTaskWait, element).token
        self.apply(Event(EventKind.USER_TASK_COMPLETED, token=token, payload=data, by="ana"))

    def send(self, name: str = "m", key: str | None = None, **payload: Any) -> bool:
        outcome = self.apply(
            Event(EventKind.MESSAGE, name=name, correlation_key=key, payload=payload)
        )
        return not outcome.untaken

    def signal(self, name: str = "sg", **payload: Any) -> None:
        self.apply(Event(EventKind.SIGNAL, name=name, payload=payload))

    def job_done(self, element: str, **result: Any) -> None:
        token = self.wait(JobWait, element).token
        self.apply(Event(EventKind.JOB_DONE, token=token, payload=result))

    def job_error(self, element: str, code: str, message: str = "") -> None:
        token = self.wait(JobWait, element).token
        self.apply(Event(EventKind.JOB_ERROR, token=token, name=code, payload={"message": message}))

    def retry(self, element: str, **variables: Any) -> None:
        token = self.wait(FailureWait, element).token
        self.apply(Event(EventKind.RETRY, token=token, payload=variables, by="olga"))

    def later(self, **passed: float) -> None:
        """Let time pass, then fire each timer that is due, once, the earliest first."""
        self.now += timedelta(**passed)
        due = sorted(
            (w for w in self.waits(TimerWait) if w.due_at <= self.now), key=lambda w: w.due_at
        )
        for wait in due:
            if (wait.token, wait.slot) in self.open:
                self.apply(Event(EventKind.TIMER_DUE, token=wait.token, slot=wait.slot))

    # -- looking at it ---------------------------------------------------------------------------

    @property
    def data(self) -> dict[str, Any]:
        assert self.state is not None
        return self.runner.variables(self.stored, self.state, catalogue=self.shelf)

    @property
    def completed(self) -> bool:
        return self.last.status is InstanceStatus.COMPLETED

    def waits(self, kind: type[Any]) -> list[Any]:
        return [wait for wait in self.open.values() if isinstance(wait, kind)]

    def wait(self, kind: type[Any], element: str) -> Any:
        return next(wait for wait in self.waits(kind) if wait.element == element)

    def at(self, kind: type[Any] = UserTaskWait) -> list[str]:
        return sorted(wait.element for wait in self.waits(kind))

    @property
    def ran(self) -> list[str | None]:
        """Elements that completed, in order."""
        return [element for element, what in self.history if what is What.COMPLETED]

    @property
    def incident(self) -> FailureWait:
        (wait,) = self.waits(FailureWait)
        return wait


class Play:
    """Starts instances of drawings."""

    def __init__(self) -> None:
        self.draw, self.shelf, self.runner = Draw(), Shelf(), SpiffRunner()

    def __call__(
        self,
        body: str,
        variables: dict[str, Any] | None = None,
        *,
        more: str = "",
        at: str | None = None,
        called: Sequence[tuple[str, str]] = (),
    ) -> Case:
        for key, inside in called:
            self.shelf.add(key, self.draw.process(inside, key))
        stored = self.shelf.add("p", self.draw.process(body, more=more))
        case = Case(self.runner, self.shelf, stored)
        case.start(variables, at)
        return case


@pytest.fixture
def draw() -> Draw:
    return Draw()


@pytest.fixture
def play() -> Play:
    return Play()


__all__ = ["MORNING", "MessageWait", "SignalWait"]


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = Engine.in_memory()
    yield opened
    opened.close()


@pytest.fixture
def ask(engine: Engine) -> Callable[..., dict[str, Any]]:
    """Return what starts an instance and lets it ask; gives the variables it has then."""

    def asked(instance: int | None = None, **variables: Any) -> dict[str, Any]:
        number = engine.start("p", variables).id if instance is None else instance
        (held,) = engine.user_tasks(number)
        engine.complete(held.id, {}, by="ana")
        incidents = engine.incidents(instance_id=number)
        assert not incidents, incidents[0].what
        return engine.variables(number)

    return asked
