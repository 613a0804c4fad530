"""Jobs: how a program outside does the work of service tasks.

A handler polls the open jobs of its type and completes or fails each; it acts as the operator
whose API token it bears. Jobs of type ``reply.send`` belong to the outbox and are left alone.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import abort
from pydantic import Field

from channels.outbox import REPLY_SEND
from engine.jobs import Job
from engine.jobs import JobStatus as Status
from webapp.api.paging import Limit, RowId
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import require
from webapp.services import services

api = APIBlueprint("api_jobs", __name__, url_prefix="/jobs", tag="Jobs")


class JobOut(Out):
    """One piece of work for a job handler."""

    id: int
    instance_id: int
    element: str
    type: str
    payload: dict[str, Any]
    retries: int = Field(description="Attempts left.")
    due_at: datetime | None = Field(description="Not to be tried before.")
    status: Status
    error: str | None = Field(description="Why the last attempt failed.")
    created_at: datetime | None


class JobsOut(Out):
    """A list of jobs, oldest first."""

    items: list[JobOut]


class JobsWanted(In):
    """Which jobs to list."""

    instance_id: RowId | None = None
    type: str | None = None
    open_only: bool = True
    limit: Limit = 50


class ResultIn(In):
    """What a job brought."""

    result: dict[str, Any] | None = None


class FailureIn(In):
    """Why an attempt failed."""

    why: str = Field(min_length=1, max_length=2000)
    retry_in_seconds: float | None = Field(None, ge=0, le=86_400 * 30)


class BpmnErrorIn(In):
    """A BPMN error that the diagram may catch at the job's element."""

    code: str = Field(min_length=1, max_length=200)
    message: str = Field("", max_length=2000)


@api.get("")
@require(Role.MANAGER, Role.OPERATOR)
@api.input(JobsWanted, location="query", arg_name="wanted")
@api.output(JobsOut)
def jobs(wanted: JobsWanted) -> dict[str, list[Job]]:
    """List jobs."""
    found = services().engine.jobs(
        wanted.instance_id, type=wanted.type, open_only=wanted.open_only, limit=wanted.limit
    )
    return {"items": found}


@api.get("/<int:job_id>")
@require(Role.MANAGER, Role.OPERATOR)
@api.output(JobOut)
@api.doc(responses=[404])
def job(job_id: int) -> Job:
    """Return one job."""
    return services().engine.job(job_id)


@api.post("/<int:job_id>/complete")
@require(Role.OPERATOR)
@api.input(ResultIn, arg_name="done")
@api.output({}, status_code=204)
@api.doc(responses=[404, 409])
def complete(job_id: int, done: ResultIn) -> str:
    """Complete a job; its instance goes on."""
    services().engine.complete_job(_ours(job_id), done.result)
    return ""


@api.post("/<int:job_id>/fail")
@require(Role.OPERATOR)
@api.input(FailureIn, arg_name="failure")
@api.output({}, status_code=204)
@api.doc(responses=[404, 409])
def fail(job_id: int, failure: FailureIn) -> str:
    """Say that an attempt failed; out of attempts the job raises an incident."""
    seconds = failure.retry_in_seconds
    wait = None if seconds is None else timedelta(seconds=seconds)
    services().engine.fail_job(_ours(job_id), failure.why, retry_in=wait)
    return ""


@api.post("/<int:job_id>/error")
@require(Role.OPERATOR)
@api.input(BpmnErrorIn, arg_name="error")
@api.output({}, status_code=204)
@api.doc(responses=[404, 409])
def throw_error(job_id: int, error: BpmnErrorIn) -> str:
    """Throw a BPMN error at the job's element."""
    services().engine.throw_error(_ours(job_id), error.code, error.message)
    return ""


def _ours(job_id: int) -> int:
    if services().engine.job(job_id).type == REPLY_SEND:
        # The reply may be on its way; an answer from outside would contradict what was sent.
        abort(409, "Replies are sent by the outbox alone. Resolve its incident, or wait.")
    return job_id
