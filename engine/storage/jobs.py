"""Jobs and incidents in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, union_all, update

from engine.errors import NotFoundError
from engine.incidents import Incident
from engine.jobs import Job, JobStatus
from engine.records import ClosedJob
from engine.storage.bulk import among
from engine.storage.lists.bounds import counted, literals
from engine.storage.ready import Ready
from engine.storage.tables import IncidentRow, InstanceRow, JobRow

_JOB = (
    JobRow.id,
    JobRow.instance_id,
    JobRow.element,
    JobRow.type,
    JobRow.payload,
    JobRow.retries,
    JobRow.due_at,
    JobRow.status,
    JobRow.error,
    JobRow.created_at,
)
_INCIDENT = (
    IncidentRow.id,
    IncidentRow.instance_id,
    IncidentRow.element,
    IncidentRow.job_id,
    IncidentRow.what,
    IncidentRow.cure,
    IncidentRow.created_at,
    IncidentRow.resolved_at,
    IncidentRow.resolved_by,
    InstanceRow.definition_key.label("key"),
    InstanceRow.business_key,
)
#: These are built once: putting one together costs more than the database needs to follow it.
_ONE = select(*_JOB).where(
    JobRow.workspace_id == bindparam("workspace"), JobRow.id == bindparam("id")
)
_AMONG = and_(JobRow.workspace_id == bindparam("workspace"), among(JobRow.id))
_STATUSES = Ready(select(JobRow.id, JobRow.status).where(_AMONG))
_CLOSE = Ready(
    update(JobRow)
    .where(_AMONG, JobRow.status == JobStatus.OPEN)
    .values(status=JobStatus.COMPLETED.value)
    .returning(JobRow.id, JobRow.instance_id, JobRow.token, JobRow.slot)
)
_INCIDENTS = select(*_INCIDENT).join(InstanceRow, InstanceRow.id == IncidentRow.instance_id)


class SqlJobs:
    """The jobs of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id

    def get(self, id: int) -> Job:
        """Return one. Raises ``NotFoundError``."""
        row = self._connection.execute(_ONE, {"workspace": self._workspace, "id": id}).first()
        if row is None:
            raise NotFoundError("job", id)
        return _job(row)

    def statuses(self, ids: Collection[int]) -> dict[int, JobStatus]:
        """Return the status of each job there is."""
        wanted = {"workspace": self._workspace, "ids": sorted(ids)}
        rows = _STATUSES.all(self._connection, wanted)
        return {id: JobStatus(status) for id, status in rows}

    def find(
        self, instance_id: int | None, *, type: str | None, open_only: bool, limit: int
    ) -> list[Job]:
        """Return jobs, oldest first."""
        statement = select(*_JOB).where(JobRow.workspace_id == self._workspace)
        if instance_id is not None:
            statement = statement.where(JobRow.instance_id == instance_id)
        if type is not None:
            statement = statement.where(JobRow.type == type)
        if open_only:
            statement = statement.where(literals(JobRow.status, [JobStatus.OPEN]))
        elif type is not None:
            # The index lists the jobs of a type by status, so each has a part of its own.
            parts = [
                select(
                    statement.where(literals(JobRow.status, [status]))
                    .order_by(JobRow.id)
                    .limit(limit)
                    .subquery()
                    .c.id
                )
                for status in JobStatus
            ]
            statement = select(*_JOB).where(JobRow.id.in_(union_all(*parts)))
        rows: Iterable[Row[Any]] = self._connection.execute(
            statement.order_by(JobRow.id).limit(limit)
        )
        return [_job(row) for row in rows]

    def close(self, ids: Collection[int]) -> list[ClosedJob]:
        """Mark those that are open as completed, and return them in the order of their ids."""
        wanted = {"workspace": self._workspace, "ids": sorted(ids)}
        rows = _CLOSE.all(self._connection, wanted)
        return sorted((ClosedJob(*row) for row in rows), key=attrgetter("id"))

    def postpone(self, id: int, *, retries: int, error: str, due_at: datetime | None) -> bool:
        """Record a failed attempt; without retries it is failed. Tell whether it was open."""
        status = JobStatus.OPEN if retries else JobStatus.FAILED
        return self._change(id, retries=retries, error=error, due_at=due_at, status=status.value)

    def given(self, id: int) -> int:
        """Return how many attempts its element gave it."""
        statement = select(JobRow.retries_given).where(self._is(id))
        return int(self._connection.execute(statement).scalar_one())

    def reopen(self, id: int, payload: Mapping[str, Any], now: datetime) -> None:
        """Give all attempts back and make it due now, with a new payload."""
        self._connection.execute(
            update(JobRow)
            .where(self._is(id), JobRow.status == JobStatus.FAILED)
            .values(
                status=JobStatus.OPEN.value,
                retries=JobRow.retries_given,
                due_at=now,
                payload=dict(payload),
            )
        )

    def _change(self, id: int, **values: Any) -> bool:
        statement = update(JobRow).where(self._is(id), JobRow.status == JobStatus.OPEN)
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def _is(self, id: int) -> Any:
        return and_(JobRow.workspace_id == self._workspace, JobRow.id == id)


class SqlIncidents:
    """The incidents of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id

    def insert_for_job(self, job: Job, *, what: str, cure: str, now: datetime) -> int:
        """Insert an incident that points at a job, and return its id."""
        row = self._connection.execute(
            select(JobRow.token, JobRow.slot, JobRow.element_name).where(JobRow.id == job.id)
        ).one()
        values = {
            "workspace_id": self._workspace,
            "instance_id": job.instance_id,
            "token": row.token,
            "slot": row.slot,
            "element": job.element,
            "element_name": row.element_name,
            "job_id": job.id,
            "what": what,
            "cure": cure,
            "created_at": now,
        }
        statement = insert(IncidentRow).values(values).returning(IncidentRow.id)
        return int(self._connection.execute(statement).scalar_one())

    def get(self, id: int) -> Incident:
        """Return one. Raises ``NotFoundError``."""
        row = self._connection.execute(self._listed().where(IncidentRow.id == id)).first()
        if row is None:
            raise NotFoundError("incident", id)
        return Incident(**row._mapping)

    def wait(self, id: int) -> tuple[int, int]:
        """Return token and slot of the element that failed."""
        row = self._connection.execute(
            select(IncidentRow.token, IncidentRow.slot).where(
                IncidentRow.workspace_id == self._workspace, IncidentRow.id == id
            )
        ).one()
        return row.token, row.slot

    def find(
        self, *, instance_id: int | None, open_only: bool, before: int | None, limit: int
    ) -> list[Incident]:
        """Return incidents, newest first."""
        statement = self._listed()
        if instance_id is not None:
            statement = statement.where(IncidentRow.instance_id == instance_id)
        if open_only:
            statement = statement.where(IncidentRow.resolved_at.is_(None))
        if before is not None:
            statement = statement.where(IncidentRow.id < before)
        rows = self._connection.execute(statement.order_by(IncidentRow.id.desc()).limit(limit))
        return [Incident(**row._mapping) for row in rows]

    def count(self, *, most: int) -> int:
        """Return how many are open; counting ends at ``most``."""
        is_open = IncidentRow.resolved_at.is_(None)
        ours = select(IncidentRow.id).where(IncidentRow.workspace_id == self._workspace, is_open)
        return counted(self._connection, ours, most)

    def resolve(self, id: int, *, by: str, now: datetime) -> bool:
        """Mark as resolved, and tell whether it was open."""
        statement = (
            update(IncidentRow)
            .where(
                IncidentRow.workspace_id == self._workspace,
                IncidentRow.id == id,
                IncidentRow.resolved_at.is_(None),
            )
            .values(resolved_at=now, resolved_by=by)
        )
        return self._connection.execute(statement).rowcount == 1

    def _listed(self) -> Any:
        return _INCIDENTS.where(IncidentRow.workspace_id == self._workspace)


def _job(row: Row[Any]) -> Job:
    values = dict(row._mapping)
    values["status"] = JobStatus(values["status"])
    return Job(**values)
