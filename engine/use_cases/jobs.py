"""What job handlers and operators do: finish, fail and repair jobs and failed elements."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from engine.advance import JobHandler
from engine.errors import IncidentClosedError, JobClosedError
from engine.figures import COUNTED
from engine.history import HistoryEntry, What
from engine.incidents import Incident
from engine.jobs import Job, JobStatus, back_off
from engine.ports import Change, Event, EventKind, UnitOfWork
from engine.stores import Transaction
from engine.use_cases.bound import Bound


class JobUseCases(Bound):
    """Jobs and incidents of one workspace."""

    def on_jobs(self, type: str, handler: JobHandler) -> None:
        """Call ``handler`` inside the transaction that creates jobs of ``type``.

        It is for writing rows beside them; the work itself comes after the commit. It is called
        for every workspace of the storage: ``uow.workspace_id`` says which. An error it raises
        undoes the whole transaction.
        """
        self._core.handlers.setdefault(type, []).append(handler)

    def jobs(
        self,
        instance_id: int | None = None,
        *,
        type: str | None = None,
        open_only: bool = True,
        limit: int = 50,
    ) -> list[Job]:
        """Return jobs, oldest first. ``due_at`` says which ones are not to be tried yet."""
        with self._reading() as tx:
            return tx.jobs.find(instance_id, type=type, open_only=open_only, limit=limit)

    def job(self, id: int) -> Job:
        """Return one job. Raises ``NotFoundError``."""
        with self._reading() as tx:
            return tx.jobs.get(id)

    def job_statuses(self, ids: Collection[int]) -> dict[int, JobStatus]:
        """Return the status of each of the jobs; one that does not exist is left out."""
        with self._reading() as tx:
            return tx.jobs.statuses(ids)

    def complete_job(
        self,
        id: int,
        result: Mapping[str, Any] | None = None,
        *,
        within: UnitOfWork | None = None,
    ) -> None:
        """Give a job its result and advance the instance.

        Raises:
            NotFoundError: no such job.
            JobClosedError: it does not wait for a result any more.
        """
        event = Event(EventKind.JOB_DONE, payload=result or {})
        self._write(lambda tx: self._finish_one(tx, id, event, within), within)

    def complete_jobs(
        self, results: Mapping[int, Mapping[str, Any]], *, within: UnitOfWork | None = None
    ) -> frozenset[int]:
        """Give many jobs, by id, their results with few statements; return those that waited.

        The others, which are closed or do not exist, are passed over.
        """
        events = {id: Event(EventKind.JOB_DONE, payload=result) for id, result in results.items()}
        return self._write(lambda tx: self._finish(tx, events, within), within)

    def throw_error(
        self,
        job_id: int,
        code: str,
        message: str = "",
        *,
        details: Mapping[str, Any] | None = None,
        within: UnitOfWork | None = None,
    ) -> None:
        """End a job with a BPMN error, for error boundary events at its element to catch.

        Behind the event, the variable ``error`` holds ``code``, ``message`` and ``details``.

        Raises:
            NotFoundError: no such job.
            JobClosedError: it does not wait for a result any more.
        """
        payload = {**(details or {}), "code": code, "message": message}
        event = Event(EventKind.JOB_ERROR, name=code, payload=payload)
        self._write(lambda tx: self._finish_one(tx, job_id, event, within), within)

    def fail_job(
        self,
        id: int,
        why: str,
        *,
        retry_in: timedelta | None = None,
        for_good: bool = False,
        within: UnitOfWork | None = None,
    ) -> None:
        """Record a failed attempt: tried again later, or an incident when none is left.

        Args:
            id: of the job.
            why: one sentence for the operator.
            retry_in: when to try again; None: 10 s after the first failure, doubling, at most 1 h.
            for_good: an incident at once, however many attempts are left.
            within: an open transaction.

        Raises:
            NotFoundError: no such job.
            JobClosedError: it does not wait for a result any more.
        """

        def work(tx: Transaction) -> None:
            job = tx.jobs.get(id)
            now = self.clock.now()
            left = 0 if for_good else max(0, job.retries - 1)
            wait = retry_in or back_off(max(1, tx.jobs.given(id) - left))
            due_at = now + wait if left else None
            if not tx.jobs.postpone(id, retries=left, error=why, due_at=due_at):
                raise JobClosedError(id, tx.jobs.get(id).status)
            tx.work.failures += 1
            if not left:
                self._give_up(tx, job, why)

        self._write(work, within)

    def incidents(
        self,
        *,
        instance_id: int | None = None,
        open_only: bool = True,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Incident]:
        """Return incidents, newest first; ``before`` is the last id of the page before."""
        with self._reading() as tx:
            return tx.incidents.find(
                instance_id=instance_id, open_only=open_only, before=before, limit=limit
            )

    def count_incidents(self, *, most: int = COUNTED) -> int:
        """Return how many incidents are open; counting ends at ``most``."""
        with self._reading() as tx:
            return tx.incidents.count(most=most)

    def resolve(
        self, incident_id: int, *, by: str, variables: Mapping[str, Any] | None = None
    ) -> Incident:
        """Continue where an incident stopped an instance.

        A job gets all its attempts back and is due now; an element that failed is run again.

        Args:
            incident_id: of an open incident.
            by: login of the operator.
            variables: set before the element runs again; for a job, fields of its payload.

        Raises:
            NotFoundError: no such incident.
            IncidentClosedError: it was resolved meanwhile.
        """

        def work(tx: Transaction) -> Incident:
            incident = tx.incidents.get(incident_id)
            now = self.clock.now()
            if not tx.incidents.resolve(incident_id, by=by, now=now):
                raise IncidentClosedError(incident_id)
            entry = HistoryEntry(incident.element, What.RESOLVED, now, by=by)
            tx.instances.record([(incident.instance_id, entry)])
            if incident.job_id is not None:
                payload = tx.jobs.get(incident.job_id).payload
                tx.jobs.reopen(incident.job_id, {**payload, **(variables or {})}, now)
            else:
                token, slot = tx.incidents.wait(incident_id)
                event = Event(
                    EventKind.RETRY, token=token, slot=slot, payload=variables or {}, by=by
                )
                tx.inbox.add([(incident.instance_id, event)])
                tx.to_wake.add(incident.instance_id)
                self._advance_now(tx, None, incident.instance_id)
            tx.note(Change(self.workspace.key, "incident", incident_id))
            return tx.incidents.get(incident_id)

        return self._write(work)

    def _finish_one(
        self, tx: Transaction, id: int, event: Event, within: UnitOfWork | None
    ) -> None:
        if not self._finish(tx, {id: event}, within):
            raise JobClosedError(id, tx.jobs.get(id).status)

    def _finish(
        self, tx: Transaction, events: Mapping[int, Event], within: UnitOfWork | None
    ) -> frozenset[int]:
        """Close jobs, and put the event of each, by job id, before its instance."""
        closed = tx.jobs.close(events.keys())
        tx.inbox.add(
            [
                (job.instance_id, replace(events[job.id], token=job.token, slot=job.slot))
                for job in closed
            ]
        )
        instances = {job.instance_id for job in closed}
        tx.to_wake.update(instances)
        if instances:
            self._advance_now(tx, within, *sorted(instances))
        return frozenset(job.id for job in closed)

    def _give_up(self, tx: Transaction, job: Job, why: str) -> None:
        now = self.clock.now()
        cure = (
            f"Mend the cause of the last failure, then retry: the job {job.type!r} gets all its "
            "attempts back and is tried at once."
        )
        what = f"The job {job.type!r} failed and has no attempts left. Last failure: {why}"
        id = tx.incidents.insert_for_job(job, what=what, cure=cure, now=now)
        entry = HistoryEntry(job.element, What.INCIDENT, now, detail={"what": what, "cure": cure})
        tx.instances.record([(job.instance_id, entry)])
        tx.work.stopped.append(job.instance_id)
        tx.note(Change(self.workspace.key, "incident", id))
        tx.note(Change(self.workspace.key, "instance", job.instance_id))
