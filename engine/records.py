"""What the core and its storage pass to each other: rows as the rules see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.definitions import Form
from engine.instances import InstanceStatus, WaitingElement
from engine.jobs import Job
from engine.messages import Message
from engine.ports import ClosedWait, Wait
from engine.user_tasks import UserTask, UserTaskStatus


@dataclass(frozen=True, slots=True)
class NewInstance:
    """An instance to insert: active, and not run yet."""

    definition_id: int
    key: str  #: of the definition
    business_key: str | None
    correlation_key: str | None
    started_at: datetime  #: UTC


@dataclass(frozen=True, slots=True)
class Held:
    """An instance whose row this transaction has locked."""

    id: int
    definition_id: int
    key: str  #: of the definition
    revision: int
    status: InstanceStatus
    correlation_key: str | None
    state: bytes | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a run made of an instance that was :class:`Held` at ``revision``."""

    id: int
    revision: int
    status: InstanceStatus
    state: bytes
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A user task, open or not, as whoever completes it needs it."""

    id: int
    instance_id: int
    definition_id: int
    token: int
    slot: int
    queue: str | None
    form: str | None
    status: UserTaskStatus
    claimed_by: str | None
    state: bytes | None  #: of the instance


@dataclass(frozen=True, slots=True)
class Due:
    """What time has come for."""

    starts: tuple[int, ...]  #: ids of workspaces in which a start timer is due
    #: Instances with a timer due by the id of their workspace, the most overdue first.
    instances: dict[int, list[int]]


@dataclass(frozen=True, slots=True)
class SeenUserTask:
    """A user task, open or not, and what its variables are read from."""

    task: UserTask
    key: str  #: of the process definition
    version: int
    token: int
    state: bytes | None  #: of the instance


@dataclass(frozen=True, slots=True)
class OpenedUserTask:
    """A user task with everything a person needs to work on it."""

    task: UserTask
    key: str  #: of the process definition
    version: int
    form: Form | None
    variables: Mapping[str, Any]  #: as its token sees them; once it ended, those of the instance
    waiting: tuple[WaitingElement, ...] = ()  #: where its instance waits, if that was asked for


@dataclass(frozen=True, slots=True)
class ClosedJob:
    """A job that has just been completed, and the wait of its instance that it fulfils."""

    id: int
    instance_id: int
    token: int
    slot: int


@dataclass(frozen=True, slots=True)
class Buffered:
    """A message in the buffer."""

    id: int
    message: Message


@dataclass(frozen=True, slots=True)
class Subscribed:
    """An open message wait: whose it is, and what it takes."""

    instance_id: int
    token: int
    slot: int
    name: str
    correlation_key: str | None


@dataclass(frozen=True, slots=True)
class Starter:
    """A definition that a message starts."""

    definition_id: int
    key: str  #: of the definition
    message: str
    element: str  #: the start event


@dataclass(slots=True)
class Effects:
    """What the runs of a batch of instances opened and closed."""

    opened: list[tuple[int, Wait]] = field(default_factory=list)  #: (instance id, wait)
    closed: list[tuple[int, ClosedWait]] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)  #: instance ids
    #: Of instances that ran for the first time: they have no timer and no subscription yet.
    fresh: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Applied:
    """The rows that :class:`Effects` led to."""

    jobs: list[Job] = field(default_factory=list)  #: created, in order
    user_tasks: list[tuple[int, str | None]] = field(default_factory=list)  #: (id, queue) touched
    incidents: list[int] = field(default_factory=list)  #: ids, created
