"""User tasks: work that waits for an agent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

#: Priority of a user task whose element does not say, from 0 to 100.
DEFAULT_PRIORITY = 50


class UserTaskStatus(StrEnum):
    """The life of a user task."""

    CREATED = "created"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


#: Those of a user task that still is to be done.
OPEN = (UserTaskStatus.CREATED, UserTaskStatus.CLAIMED)


@dataclass(frozen=True, slots=True)
class UserTask:
    """One user task of one instance."""

    id: int
    instance_id: int
    element: str
    name: str | None
    queue: str | None
    due: datetime | None  #: UTC
    claimed_by: str | None
    form: str | None  #: key of the form
    status: UserTaskStatus
    created_at: datetime  #: UTC
    priority: int = DEFAULT_PRIORITY  #: 0 to 100, higher first among equal due dates
    business_key: str | None = None  #: of the instance
    correlation_key: str | None = None  #: of the instance
    process: str = ""  #: name of the definition
    definition_id: int = 0


@dataclass(frozen=True, slots=True)
class QueueSummary:
    """One queue at a glance."""

    queue: str
    open: int
    unclaimed: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Submission:
    """What an agent submits for one user task; see :meth:`engine.Engine.complete`."""

    user_task_id: int
    data: Mapping[str, Any] | None = None
    opened_with: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What completing a user task led to, as far as its own transaction went.

    ``applied`` is False when the instance was busy: the event waits in the inbox and is applied
    in order; nothing more is to be done.
    """

    instance_id: int
    applied: bool
    next_user_tasks: tuple[UserTask, ...] = ()
