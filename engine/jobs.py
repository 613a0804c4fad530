"""Jobs: work the engine hands to a job handler by type, and when to try again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

#: Attempts a job has when its element does not say.
DEFAULT_RETRIES = 3
FIRST_BACK_OFF = timedelta(seconds=10)
LONGEST_BACK_OFF = timedelta(hours=1)


class JobStatus(StrEnum):
    """The life of a job."""

    OPEN = "open"  #: waits for a handler, or for its next attempt
    COMPLETED = "completed"
    FAILED = "failed"  #: out of retries; an incident points at it
    CANCELLED = "cancelled"


#: Those of a job that still holds its token. Out of retries it does too: its incident says why.
HOLDING = (JobStatus.OPEN, JobStatus.FAILED)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work for a job handler."""

    id: int
    instance_id: int
    element: str
    type: str  #: such as ``"reply.send"``
    payload: Mapping[str, Any] = field(default_factory=dict)
    retries: int = DEFAULT_RETRIES  #: attempts left
    due_at: datetime | None = None  #: UTC; not to be tried before
    status: JobStatus = JobStatus.OPEN
    error: str | None = None  #: why the last attempt failed
    created_at: datetime | None = None  #: UTC


def back_off(failures: int) -> timedelta:
    """Return the wait after the ``failures``-th failure in a row: 10 s, doubling, up to 1 h.

    Raises:
        ValueError: if ``failures`` is not positive.
    """
    if failures < 1:
        raise ValueError(f"failures must be at least 1, not {failures}")
    return min(FIRST_BACK_OFF * (1 << min(failures - 1, 20)), LONGEST_BACK_OFF)
