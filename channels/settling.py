"""What a person found out about a reply nobody was sure of: by hand, or asked by a process.

A process that catches ``reply.unknown`` asks somebody and says so with a job of type
``reply.settle``: ``{"reply": id, "went_out": bool, "by": login}``. The reply and the job are
settled in the transaction that creates the job, so whoever answered sees the outcome at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from channels.delivery import Attempt
from channels.errors import ReplySettledError
from channels.model import Reply, ReplyStatus, named_id
from channels.storage import outgoing
from channels.storage.outgoing import Outgoing
from channels.verdicts import Verdicts
from engine import Engine
from engine.errors import JobClosedError, NotFoundError
from engine.jobs import Job, JobStatus
from engine.ports import UnitOfWork

#: Type of the jobs that say what became of a reply.
REPLY_SETTLE = "reply.settle"
#: BPMN error code of such a job that names no reply of its workspace.
MISSING = "reply.missing"


class Settling:
    """Takes the word of people for replies of one workspace."""

    def __init__(self, engine: Engine, verdicts: Verdicts) -> None:
        """Bind to the workspace of ``engine``; ``verdicts`` are written for the same one."""
        self._engine = engine
        self._verdicts = verdicts

    def by_person(self, reply_id: int, *, went_out: bool, by: str) -> Reply:
        """Record what ``by`` found out about an unknown reply, and return it.

        One that did not go out is sent again if its process still waits for it, or if it tells
        the team of a note.

        Raises:
            NotFoundError: there is no such reply in this workspace.
            ReplySettledError: its fate is known already.
        """
        with self._engine.reading() as view:
            out = outgoing.get(view.connection, view.workspace_id, reply_id)
        if out is None:
            raise NotFoundError("reply", reply_id)
        if out.reply.status is not ReplyStatus.UNKNOWN:
            raise ReplySettledError(reply_id, out.reply.status)
        told = _attempt(went_out=went_out, by=by, again=self._waits(out))
        self._verdicts.record([(out, told)], self._engine.clock.now())
        with self._engine.reading() as view:
            settled = outgoing.get(view.connection, view.workspace_id, reply_id)
        return settled.reply if settled else out.reply

    def take(self, uow: UnitOfWork, jobs: Sequence[Job]) -> None:
        """Settle the reply each job names, and end the job, inside the transaction of both.

        The result is ``{"went_out": bool, "reply": {"id", "status"}}``. A reply that was settled
        meanwhile stays as it is: then the result says what is known, not what the person said.
        """
        for job in jobs:
            # Another outbox of this workspace may have been told of the job first.
            with suppress(JobClosedError):
                self._take(uow, job)

    def _take(self, uow: UnitOfWork, job: Job) -> None:
        named = job.payload.get("reply")
        id = named_id(named)
        out = outgoing.get(uow.connection, uow.workspace_id, id)
        if out is None:
            why = f"The job names the reply {named!r}, which is none of this workspace."
            self._engine.throw_error(job.id, MISSING, why, within=uow)
            return
        status = out.reply.status
        if status is ReplyStatus.UNKNOWN:
            by = job.payload.get("by")
            # Never sent again from here: the process decides what comes next, and may do it.
            told = _attempt(
                went_out=job.payload.get("went_out") is True, by=str(by) if by else "Somebody"
            )
            self._verdicts.write(uow, [(out, told)], self._engine.clock.now())
            status = told.status
        result: dict[str, Any] = {
            "went_out": status is ReplyStatus.SENT,
            "reply": {"id": id, "status": status.value},
        }
        self._engine.complete_job(job.id, result, within=uow)

    def _waits(self, out: Outgoing) -> bool:
        if out.note_id is not None:
            return True
        job = out.reply.job_id
        return job is not None and self._engine.job(job).status is JobStatus.OPEN


def _attempt(*, went_out: bool, by: str, again: bool = False) -> Attempt:
    """Return a person's word as the end of an attempt; ``again``: else it is sent again."""
    if went_out:
        return Attempt(ReplyStatus.SENT, why=f"{by} has seen it on the network.")
    status = ReplyStatus.RETRYABLE if again else ReplyStatus.REFUSED
    return Attempt(status, why=f"{by} says that it did not go out.")
