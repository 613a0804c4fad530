"""What the core asks of its storage about work: user tasks, jobs and incidents.

The rules of :mod:`engine.stores` hold here too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from engine.incidents import Incident
from engine.jobs import Job, JobStatus
from engine.records import Answered, ClosedJob, SeenUserTask
from engine.user_tasks import QueueSummary, UserTask


class UserTaskStore(Protocol):
    """User tasks as rows."""

    def get(self, id: int) -> UserTask:
        """Return one. Raises ``NotFoundError``."""
        ...

    def seen(self, id: int) -> SeenUserTask:
        """Return one with the state of its instance. Raises ``NotFoundError``."""
        ...

    def wait(self, id: int) -> tuple[int, int]:
        """Return its token and slot."""
        ...

    def find(
        self,
        instance_id: int | None,
        *,
        queue: str | None,
        claimed_by: str | None,
        open_only: bool,
        overdue_at: datetime | None,
        after: tuple[datetime | None, int] | None,
        limit: int,
    ) -> list[UserTask]:
        """Return user tasks, soonest due first, then by priority."""
        ...

    def among(self, ids: Collection[int]) -> dict[int, UserTask]:
        """Return those that there are, open or not, by id."""
        ...

    def held(self, by: str, *, most: int) -> int:
        """Return how many open ones somebody has claimed; counting ends at ``most``."""
        ...

    def queues(self, now: datetime, named: str) -> list[QueueSummary]:
        """Return the queues with open user tasks whose name holds ``named``, by name.

        No number is above ``COUNTED``.
        """
        ...

    def claim(self, id: int, by: str) -> bool:
        """Claim, and tell whether it was open and free, or already theirs."""
        ...

    def release(self, id: int, by: str | None) -> bool:
        """Release what ``by`` holds (None: whoever), and tell whether it was held so."""
        ...

    def answered(self, ids: Collection[int]) -> dict[int, Answered]:
        """Return those that there are, by id, as completing them needs them."""
        ...

    def complete(self, ids: Collection[int], by: str | None, now: datetime) -> set[int]:
        """Complete those that are open, and free or theirs (None: whoever's); return their ids."""
        ...

    def next_for(self, queue: str | None, by: str, besides: int) -> int | None:
        """Return the id of the first open one in a queue that is free or theirs, if any."""
        ...

    def too_late(self, instance_id: int, token: int, now: datetime) -> str | None:
        """Cancel what was completed too late, and return its element; None where there is none."""
        ...

    def open_of(self, instance_ids: Collection[int]) -> dict[int, list[UserTask]]:
        """Return the open ones of instances, in the order of :meth:`find`."""
        ...


class JobStore(Protocol):
    """Jobs as rows."""

    def get(self, id: int) -> Job:
        """Return one. Raises ``NotFoundError``."""
        ...

    def statuses(self, ids: Collection[int]) -> dict[int, JobStatus]:
        """Return the status of each job there is."""
        ...

    def find(
        self, instance_id: int | None, *, type: str | None, open_only: bool, limit: int
    ) -> list[Job]:
        """Return jobs, oldest first."""
        ...

    def close(self, ids: Collection[int]) -> list[ClosedJob]:
        """Mark those that are open as completed, and return them in the order of their ids."""
        ...

    def postpone(self, id: int, *, retries: int, error: str, due_at: datetime | None) -> bool:
        """Record a failed attempt; without retries it is failed. Tell whether it was open."""
        ...

    def given(self, id: int) -> int:
        """Return how many attempts its element gave it."""
        ...

    def reopen(self, id: int, payload: Mapping[str, Any], now: datetime) -> None:
        """Give all attempts back and make it due now, with a new payload."""
        ...


class IncidentStore(Protocol):
    """Incidents as rows."""

    def insert_for_job(self, job: Job, *, what: str, cure: str, now: datetime) -> int:
        """Insert an incident that points at a job, and return its id."""
        ...

    def get(self, id: int) -> Incident:
        """Return one. Raises ``NotFoundError``."""
        ...

    def wait(self, id: int) -> tuple[int, int]:
        """Return token and slot of the element that failed."""
        ...

    def find(
        self, *, instance_id: int | None, open_only: bool, before: int | None, limit: int
    ) -> list[Incident]:
        """Return incidents, newest first."""
        ...

    def count(self, *, most: int) -> int:
        """Return how many are open; counting ends at ``most``."""
        ...

    def resolve(self, id: int, *, by: str, now: datetime) -> bool:
        """Mark as resolved, and tell whether it was open."""
        ...
