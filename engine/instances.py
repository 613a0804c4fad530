"""Process instances: one run of a definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class InstanceStatus(StrEnum):
    """Where an instance is in its life."""

    ACTIVE = "active"
    COMPLETED = "completed"
    FAILED = "failed"  #: an error event that nothing caught ended it
    CANCELLED = "cancelled"  #: a person ended it


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance as lists show it. Opening it does not read its state."""

    id: int
    definition_id: int
    key: str  #: of the definition
    version: int
    name: str  #: of the definition
    business_key: str | None
    correlation_key: str | None  #: of the message that started it
    status: InstanceStatus
    started_at: datetime  #: UTC
    ended_at: datetime | None  #: UTC
    next_due: datetime | None  #: UTC; the earliest timer or user task due date
    incidents: int  #: open ones


@dataclass(frozen=True, slots=True)
class WaitingElement:
    """A place in the diagram where a token waits."""

    element: str
    name: str | None
    kind: str  #: ``user_task``, ``timer``, ``message``, ``signal``, ``job``, ``incident``
    since: datetime | None = None  #: UTC
    due: datetime | None = None  #: UTC
    detail: str | None = None  #: queue, message name or job type


@dataclass(frozen=True, slots=True)
class InstanceDetail(Instance):
    """An instance with what it knows and where it waits."""

    variables: Mapping[str, Any]
    waiting: tuple[WaitingElement, ...]
    open_incidents: tuple[Any, ...]  #: of :class:`engine.incidents.Incident`


@dataclass(frozen=True, slots=True)
class InstanceFilter:
    """Which instances a list shows; every field narrows it."""

    key: str | None = None
    definition_id: int | None = None
    status: InstanceStatus | None = None
    waiting_at: str | None = None  #: element id
    overdue_at: datetime | None = None  #: UTC; a due date before this moment
    with_incident: bool = False
    started_before: datetime | None = None  #: UTC
    business_key: str | None = None
