"""A runner that follows a script: what the core does can be tested without drawing a diagram.

A ``.flow`` file is JSON: ``{"key", "name", "message_starts", "signal_starts", "timer_starts"
(text by element), "condition_starts" (variable by element), "none_start", "startable", "problems",
"steps"}``. A step is one of

* ``{"any": [wait, ...]}``: goes on as soon as one of the waits has happened;
* ``{"all": [wait, ...]}``: goes on when all have happened, in whatever order;
* ``{"throw": name, "key": key, "payload": {}, "signal": false}``;
* ``{"fail": why}``: waits for an operator until the variable ``mended`` is set;
* ``{"again": n}``: goes back to step ``n``.

A wait is ``{"is": "user_task" | "timer" | "message" | "signal" | "job", "at": element, ...}``;
times are seconds. ``{"every": seconds}`` on a timer arms it anew each time, and the step goes on
waiting. Payloads become variables. The variable ``poison`` makes every later run raise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from engine.definitions import (
    DefinitionDraft,
    DefinitionKind,
    ElementInfo,
    Executable,
    FileReport,
    Form,
    MessageStart,
    NormalForm,
    Problem,
    Severity,
    SignalStart,
    Source,
    TimerStart,
)
from engine.errors import NotStartableError
from engine.history import HistoryEntry, What
from engine.instances import InstanceStatus
from engine.ports import (
    Catalogue,
    ClosedWait,
    Event,
    EventKind,
    FailureWait,
    JobWait,
    MessageWait,
    Outcome,
    SignalWait,
    StoredProcess,
    ThrownMessage,
    TimerWait,
    UserTaskWait,
    Wait,
)
from engine.schedules import Schedule
from engine.simulation import Move, Simulation
from engine.storage.types import decode, encode

_HAPPENS = {
    EventKind.USER_TASK_COMPLETED: "user_task",
    EventKind.TIMER_DUE: "timer",
    EventKind.JOB_DONE: "job",
    EventKind.JOB_ERROR: "job",
    EventKind.RETRY: "failure",
}
#: Kinds of event of which it is told that nothing waited for them.
_TAKEN = {EventKind.MESSAGE, EventKind.USER_TASK_COMPLETED}


class ScriptedRunner:
    """Implements :class:`engine.ports.BpmnRunner` for ``.flow`` files."""

    def __init__(self) -> None:
        """Start with nobody watching."""
        #: Called at the beginning of each run; lets a test act while an instance is held.
        self.before_run: Callable[[], None] = lambda: None
        self.runs = 0

    def read(
        self,
        sources: Sequence[Source],
        known: Callable[[str, str], bool] | None = None,
        *,
        executable: Executable = None,
    ) -> tuple[FileReport, ...]:
        """Return what the scripts say of themselves; ``"asks"`` means not marked executable."""
        return tuple(_report(source, executable) for source in sources)

    def normalised(self, source: Source) -> NormalForm:
        """Return the script as it is."""
        return NormalForm(source.content.decode(), ())

    def explain(self, rule: str) -> str | None:
        """Return nothing: scripts have no rules."""
        return None

    def simulate(
        self,
        definition: StoredProcess,
        moves: Sequence[Move],
        variables: Mapping[str, Any],
        *,
        now: datetime,
        catalogue: Catalogue,
    ) -> Simulation:
        """Refuse: a script follows no person."""
        raise NotStartableError(definition.key, "scripts are not simulated.")

    def forms(self, sources: Sequence[Source]) -> tuple[Form, ...]:
        """Return the ``.form`` files."""
        schemas = [json.loads(s.content) for s in sources if s.name.endswith(".form")]
        return tuple(Form(schema["id"], schema) for schema in schemas)

    def run(
        self,
        definition: StoredProcess,
        state: bytes | None,
        events: Sequence[Event],
        *,
        now: datetime,
        catalogue: Catalogue,
    ) -> Outcome:
        """Follow the script."""
        self.runs += 1
        self.before_run()
        run = _Run(json.loads(definition.content)["steps"], state, now)
        for event in events:
            run.apply(event)
        return run.outcome()

    def start_holds(
        self,
        definition: StoredProcess,
        element: str,
        variables: Mapping[str, Any],
        *,
        now: datetime,
    ) -> bool:
        """Tell whether the variable that ``condition_starts`` names is true."""
        return bool(variables.get(json.loads(definition.content)["condition_starts"][element]))

    def variables(
        self,
        definition: StoredProcess,
        state: bytes,
        *,
        token: int | None = None,
        catalogue: Catalogue,
    ) -> dict[str, Any]:
        """Return the variables; a token sees the same."""
        return dict(decode(state.decode())["variables"])


class _Run:
    """One run of one instance."""

    def __init__(self, steps: list[dict[str, Any]], state: bytes | None, now: datetime) -> None:
        kept = (
            decode(state.decode())
            if state
            else {"step": -1, "last": 0, "waits": {}, "variables": {}}
        )
        self.steps = steps
        self.now = now
        self.step: int = kept["step"]
        self.last: int = kept["last"]
        self.waits: dict[int, dict[str, Any]] = {int(k): v for k, v in kept["waits"].items()}
        self.variables: dict[str, Any] = kept["variables"]
        self.status = InstanceStatus.ACTIVE
        self.before = set(self.waits)
        self.opened: dict[int, Wait] = {}
        self.done: set[int] = set()
        self.history: list[HistoryEntry] = []
        self.thrown: list[ThrownMessage] = []
        self.untaken: list[Event] = []

    def apply(self, event: Event) -> None:
        """Apply one event."""
        if self.variables.get("poison"):
            raise RuntimeError("the script is poisoned")
        if event.kind is EventKind.CANCEL:
            self.waits.clear()
            self.status = InstanceStatus.CANCELLED
            return
        if self.status is not InstanceStatus.ACTIVE:
            if event.kind in _TAKEN:
                self.untaken.append(event)
            return
        if event.kind is EventKind.STARTED:
            self.variables.update(event.payload)
            self._go_on()
            return
        token = self._token(event)
        if token is None:
            if event.kind in _TAKEN:
                self.untaken.append(event)
            return
        self.variables.update(event.payload)
        self._happened(token, event)

    def _token(self, event: Event) -> int | None:
        if event.kind in _HAPPENS:
            wait = self.waits.get(event.token or 0)
            return event.token if wait and wait["is"] == _HAPPENS[event.kind] else None
        wanted = "message" if event.kind is EventKind.MESSAGE else "signal"
        for token, wait in self.waits.items():
            fits = wait["is"] == wanted and wait["name"] == event.name
            if fits and wait.get("key") in (None, event.correlation_key):
                return token
        return None

    def _happened(self, token: int, event: Event) -> None:
        wait = self.waits[token]
        if wait.get("every"):
            self.opened[token] = _opened(token, wait | {"in": wait["every"]}, self)
            return
        del self.waits[token]
        self.done.add(token)
        self.history.append(HistoryEntry(wait["at"], What.COMPLETED, self.now, by=event.by))
        if wait["is"] == "failure" and not self.variables.get("mended"):
            self.step -= 1
            self._go_on()
        elif wait.get("mode") == "any" or not self.waits:
            for other in self.waits.values():
                self.history.append(HistoryEntry(other["at"], What.CANCELLED, self.now))
            self.waits.clear()
            self._go_on()

    def _go_on(self) -> None:
        while True:
            self.step += 1
            if self.step >= len(self.steps):
                self.status = InstanceStatus.COMPLETED
                return
            step = self.steps[self.step]
            if "again" in step:
                self.step = step["again"] - 1
            elif "throw" in step:
                payload = step.get("payload", {})
                signal = step.get("signal", False)
                self.thrown.append(ThrownMessage(step["throw"], step.get("key"), payload, signal))
            elif "fail" in step:
                if self.variables.get("mended"):
                    continue
                self._open({"is": "failure", "at": "broken", "why": step["fail"]}, "any")
                return
            else:
                (mode,) = step
                for wait in step[mode]:
                    self._open(wait, mode)
                return

    def _open(self, wait: dict[str, Any], mode: str) -> None:
        self.last += 1
        self.waits[self.last] = wait | {"mode": mode}
        self.opened[self.last] = _opened(self.last, wait, self)
        self.history.append(HistoryEntry(wait["at"], What.ENTERED, self.now))

    def outcome(self) -> Outcome:
        """Return what the run led to."""
        kept = {
            "step": self.step,
            "last": self.last,
            "waits": self.waits,
            "variables": self.variables,
        }
        return Outcome(
            state=encode(kept).encode(),
            status=self.status,
            opened=tuple(w for token, w in self.opened.items() if token in self.waits),
            closed=tuple(
                ClosedWait(token, 0, token in self.done)
                for token in sorted(self.before - self.waits.keys())
            ),
            history=tuple(self.history),
            thrown=tuple(self.thrown),
            untaken=tuple(self.untaken),
        )


def _opened(token: int, wait: dict[str, Any], run: _Run) -> Wait:
    at, now = wait["at"], run.now
    due = now + timedelta(seconds=wait["in"]) if "in" in wait else None
    key = str(wait["key"]).format(**run.variables) if "key" in wait else None
    if "key" in wait:
        run.waits[token]["key"] = key
    match wait["is"]:
        case "user_task":
            task = UserTaskWait(token, at, at.title(), queue=wait.get("queue"), due=due)
            more = {k: wait[k] for k in ("form", "priority", "assignee") if k in wait}
            return replace(task, **more)
        case "timer":
            return TimerWait(token, at, None, due_at=due or now)
        case "message":
            return MessageWait(token, at, None, message=wait["name"], correlation_key=key)
        case "signal":
            return SignalWait(token, at, None, signal=wait["name"])
        case "job":
            payload, retries = wait.get("payload", {}), wait.get("retries", 3)
            return JobWait(token, at, None, type=wait["type"], payload=payload, retries=retries)
        case _:
            return FailureWait(token, at, None, what=wait["why"], cure="Set mended, and retry.")


def _report(source: Source, executable: Executable) -> FileReport:
    if source.name.endswith(".form"):
        return FileReport(source.name, (), ())
    try:
        script = json.loads(source.content)
    except ValueError:
        problem = Problem("not-json", Severity.ERROR, None, 1, "It is no JSON.", "Write JSON.")
        return FileReport(source.name, (), (problem,))
    problems = tuple(
        Problem("scripted", Severity(severity), None, None, "As scripted.", "Change the script.")
        for severity in script.get("problems", ())
    )
    to_run = executable is True or script["key"] in (executable or ())
    waits = script.get("asks", False) and not to_run
    if waits:
        asked = Problem(
            "not-executable", Severity.DRAFT, "start", 1, "Not executable.", "Say so.", None,
            script["key"],
        )  # fmt: skip
        problems = (*problems, asked)
    draft = DefinitionDraft(
        key=script["key"],
        name=script.get("name", script["key"].title()),
        kind=DefinitionKind.PROCESS,
        source=source.name,
        executable=True,
        startable=script.get("startable", True) and not waits,
        message_starts=tuple(MessageStart(m, "start") for m in script.get("message_starts", ())),
        none_start=script.get("none_start", True),
        signal_starts=tuple(SignalStart(s, "start") for s in script.get("signal_starts", ())),
        timer_starts=tuple(
            TimerStart(element, Schedule(text))
            for element, text in script.get("timer_starts", {}).items()
        ),
        condition_starts=tuple(script.get("condition_starts", {})),
        elements=(ElementInfo("start", "Start", "startEvent"),),
    )
    return FileReport(source.name, (draft,), problems)
