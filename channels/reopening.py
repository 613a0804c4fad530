"""Jobs of replies that failed for good, opened again by somebody who decided about the reply."""

from __future__ import annotations

from contextlib import suppress

from engine import Engine, JobStatus
from engine.errors import IncidentClosedError


def reopen(engine: Engine, job_id: int | None, *, by: str) -> None:
    """Open a job again that has an incident, in a transaction of its own; others stay as they are.

    A job out of attempts hears nothing any more: neither that its reply was sent nor that it was
    withdrawn.
    """
    job = engine.job(job_id) if job_id is not None else None
    if job is None or job.status is not JobStatus.FAILED:
        return
    for incident in engine.incidents(instance_id=job.instance_id, limit=1_000):
        if incident.job_id == job.id:
            with suppress(IncidentClosedError):  # somebody was quicker
                engine.resolve(incident.id, by=by)
