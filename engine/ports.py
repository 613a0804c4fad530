"""What the core of the engine needs from the outside: a runner, a transaction, a waker, a clock.

The core (:mod:`engine.engine`, :mod:`engine.advance`) knows these protocols alone. The adapters
are in ``engine/bpmn`` (runner), ``engine/storage`` (transaction) and ``engine/waking`` (waker).

Vocabulary: a *token* is the number of a live task inside the state of one instance, unique in
that instance and never used again; a *slot* tells apart several triggers on one event (0 where
there is one). ``(instance id, token, slot)`` names a wait.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from engine.catalogue import Catalogue, StoredDecision, StoredProcess, Which
from engine.decisions import Decision, DecisionView
from engine.definitions import Executable, FileReport, Form, NormalForm, Source
from engine.history import HistoryEntry
from engine.instances import InstanceStatus
from engine.jobs import DEFAULT_RETRIES
from engine.simulation import Move, Simulation
from engine.user_tasks import DEFAULT_PRIORITY


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """Return the present moment in UTC, with time zone."""
        ...


class EventKind(StrEnum):
    """The kinds of event in the inbox."""

    STARTED = "started"  #: payload: variables; name: the start event's element id or None
    USER_TASK_COMPLETED = "user_task_completed"  #: token; payload: submitted data
    MESSAGE = "message"  #: name, correlation_key; payload: variables
    SIGNAL = "signal"  #: name; payload: variables
    TIMER_DUE = "timer_due"  #: token, slot
    JOB_DONE = "job_done"  #: token; payload: variables
    JOB_ERROR = "job_error"  #: token; name: BPMN error code; payload: {"message": ..., and details}
    RETRY = "retry"  #: token of a failed element; payload: variables to set first
    CANCEL = "cancel"  #: ends the instance


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an instance and waits to be applied."""

    kind: EventKind
    token: int | None = None
    slot: int = 0
    name: str | None = None
    correlation_key: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    #: Form data as it was when the person opened it; the submitted data is merged against it.
    opened_with: Mapping[str, Any] | None = None
    by: str | None = None
    #: How many messages and signals of other instances led to it, one leading to the next.
    hops: int = 0
    #: Of a message, UTC: if nobody takes it, it is not kept any longer.
    expires_at: datetime | None = None
    #: Of a timer that is just being fired, UTC; not kept in the inbox.
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Somewhere a token waits. Subclasses say for what."""

    token: int
    element: str
    name: str | None
    slot: int = field(default=0, kw_only=True)


@dataclass(frozen=True, slots=True)
class UserTaskWait(Wait):
    """Waits for an agent."""

    queue: str | None = None
    due: datetime | None = None  #: UTC
    form: str | None = None
    priority: int = DEFAULT_PRIORITY
    assignee: str | None = None  #: claimed for this agent from the start


@dataclass(frozen=True, slots=True)
class TimerWait(Wait):
    """Waits for a moment."""

    due_at: datetime  #: UTC


@dataclass(frozen=True, slots=True)
class MessageWait(Wait):
    """Waits for a message; ``correlation_key`` None means any."""

    message: str
    correlation_key: str | None = None


@dataclass(frozen=True, slots=True)
class SignalWait(Wait):
    """Waits for a signal."""

    signal: str


@dataclass(frozen=True, slots=True)
class JobWait(Wait):
    """Waits for a job handler."""

    type: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    retries: int = DEFAULT_RETRIES


@dataclass(frozen=True, slots=True)
class FailureWait(Wait):
    """An element failed; an operator has to resolve the incident."""

    what: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class ClosedWait:
    """A wait that is over. ``completed`` is False when it was interrupted or cancelled."""

    token: int
    slot: int
    completed: bool


@dataclass(frozen=True, slots=True)
class ThrownMessage:
    """A message or signal the instance sent to whom it may concern."""

    name: str
    correlation_key: str | None
    payload: Mapping[str, Any]
    signal: bool = False
    hops: int = 0  #: see :attr:`Event.hops`
    expires_at: datetime | None = None  #: see :attr:`Event.expires_at`


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run of an instance led to. The caller writes it; the runner writes nothing."""

    state: bytes
    status: InstanceStatus
    opened: tuple[Wait, ...]  #: waits now, and did not when the run began
    closed: tuple[ClosedWait, ...]  #: waited when the run began, and does not now
    history: tuple[HistoryEntry, ...]
    thrown: tuple[ThrownMessage, ...] = ()
    untaken: tuple[Event, ...] = ()  #: messages and answers of people for which nothing waited


class BpmnRunner(Protocol):
    """Reads, checks and runs diagrams. It holds no instance between two calls."""

    def read(
        self,
        sources: Sequence[Source],
        known: Callable[[str, str], bool] | None = None,
        *,
        executable: Executable = None,
    ) -> tuple[FileReport, ...]:
        """Read files as one deployment and return what they define and every problem in them.

        Args:
            sources: the files.
            known: says whether a ``process``, ``decision`` or ``form`` (first argument) of a key
                (second) is deployed already. Without it, what the files refer to and do not
                hold is a warning only.
            executable: what becomes of processes that do not say that they are executable.
        """
        ...

    def decide(
        self,
        sources: Sequence[Source],
        decision: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime | None = None,
    ) -> Decision:
        """Return what a decision in these files gives; its values are as JSON has them.

        Raises:
            NotFoundError: there is no such decision in them.
            EngineError: a file cannot be read.
        """
        ...

    def view(self, sources: Sequence[Source], decision: str) -> DecisionView:
        """Return what there is to see of a decision in these files.

        Raises:
            NotFoundError: there is no such decision in them.
            EngineError: a file cannot be read.
        """
        ...

    def normalised(self, source: Source) -> NormalForm:
        """Return what a file is rewritten to. Raises ``EngineError`` for one without XML."""
        ...

    def explain(self, rule: str) -> str | None:
        """Return what the page of a rule, pass or dialect says; None where there is none."""
        ...

    def forms(self, sources: Sequence[Source]) -> tuple[Form, ...]:
        """Return the forms among the files; their problems are part of :meth:`read`."""
        ...

    def run(
        self,
        definition: StoredProcess,
        state: bytes | None,
        events: Sequence[Event],
        *,
        now: datetime,
        catalogue: Catalogue,
    ) -> Outcome:
        """Apply ``events`` in order to an instance and run it to its next waits.

        Args:
            definition: the version the instance runs on.
            state: as the last outcome gave it; None for an instance that has not started.
            events: what happened since; the first of a new instance is ``STARTED``.
            now: the present, UTC. The runner asks no clock.
            catalogue: for call activities and business rule tasks.

        Never raises for what the diagram does: a failing element is a :class:`FailureWait`. An
        event whose token does not wait any more is passed over; a message nobody takes is in
        :attr:`Outcome.untaken`.
        """
        ...

    def start_holds(
        self,
        definition: StoredProcess,
        element: str,
        variables: Mapping[str, Any],
        *,
        now: datetime,
    ) -> bool:
        """Tell whether the condition of a start event holds for ``variables``.

        One that looks at a variable which is not given, or cannot be evaluated, does not hold.
        """
        ...

    def simulate(
        self,
        definition: StoredProcess,
        moves: Sequence[Move],
        variables: Mapping[str, Any],
        *,
        now: datetime,
        catalogue: Catalogue,
    ) -> Simulation:
        """Return where a definition, also a draft, is after what a person let happen.

        Raises:
            MoveError: a move does not fit.
            NotStartableError: there is nothing to run in it.
        """
        ...

    def variables(
        self,
        definition: StoredProcess,
        state: bytes,
        *,
        token: int | None = None,
        catalogue: Catalogue,
    ) -> dict[str, Any]:
        """Return the variables of the instance, or those its ``token`` sees."""
        ...


class FormCheck(Protocol):
    """Checks what was submitted against a form."""

    def __call__(
        self, schema: Mapping[str, Any], data: Mapping[str, Any], *, variables: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the clean data, and one sentence for each field that needs attention."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """Something committed that an open page may show."""

    workspace: str
    kind: str  #: ``user_task``, ``instance``, ``incident``, ``conversation``
    id: int
    queue: str | None = None


class UnitOfWork(Protocol):
    """One open transaction of the engine, bound to a workspace.

    Whoever shares the database (the channels' intake, a reply outbox) writes on
    :attr:`connection`, so that its rows and the engine's commit together or not at all.
    """

    @property
    def connection(self) -> Any:
        """The SQLAlchemy connection. Typed ``Any``, because the core knows no SQLAlchemy."""
        ...

    @property
    def workspace_id(self) -> int:
        """Id of the workspace all rows of this transaction belong to."""
        ...

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call ``call`` once the transaction is committed; never, if it is rolled back."""
        ...

    def note(self, change: Change) -> None:
        """Tell listeners of ``change`` once the transaction is committed."""
        ...


class Waker(Protocol):
    """Who calls ``advance`` when work was left behind a commit.

    Each commit that leaves something in inboxes is told twice: :meth:`enlist` inside the
    transaction, :meth:`wake` after it. A waker whose memory is the database uses the first, one
    that lives in the process the second.
    """

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write down, in the open transaction, that these instances are to be advanced.

        Called just before the commit, so that the note is kept if, and only if, the work is.

        Args:
            connection: the SQLAlchemy connection of the transaction.
            instance_ids: in order, at least one.

        Raises:
            StorageError: it cannot be written down; the transaction is rolled back.
        """
        ...

    def wake(self, instance_ids: Iterable[int]) -> None:
        """See to it that these instances are advanced soon. Called after the commit."""
        ...

    def wake_at(self, due: datetime) -> None:
        """See to it that timers are looked at by ``due``, UTC. Called after the commit."""
        ...


__all__ = [
    "BpmnRunner",
    "Catalogue",
    "Change",
    "Clock",
    "ClosedWait",
    "Event",
    "EventKind",
    "FailureWait",
    "FormCheck",
    "JobWait",
    "MessageWait",
    "Outcome",
    "SignalWait",
    "StoredDecision",
    "StoredProcess",
    "ThrownMessage",
    "TimerWait",
    "UnitOfWork",
    "UserTaskWait",
    "Wait",
    "Waker",
    "Which",
]
