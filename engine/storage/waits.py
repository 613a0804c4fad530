"""Opening and closing waits of every kind, for many instances at once; timers and signals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    delete,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from engine.jobs import HOLDING, Job, JobStatus
from engine.ports import (
    Event,
    EventKind,
    FailureWait,
    JobWait,
    MessageWait,
    SignalWait,
    TimerWait,
    UserTaskWait,
    Wait,
)
from engine.records import Applied, Effects
from engine.storage.bulk import among, insert_numbered, insert_rows
from engine.storage.lists.bounds import literals
from engine.storage.ready import Ready
from engine.storage.tables import IncidentRow, JobRow, SubscriptionRow, TimerRow, UserTaskRow
from engine.storage.terms import Terms
from engine.user_tasks import OPEN, UserTaskStatus

# Statements are built once: putting one together costs more than the database needs to follow it.


_TIMER, _SUBSCRIPTION, _TASK, _JOB, _INCIDENT = range(5)


def _of(kind: int, table: Any, *conditions: Any, queue: Any = None) -> Select[Any]:
    """Return the part of :data:`_WAITS` for the waits of one kind."""
    told = literal_column(str(kind), Integer).label("kind")
    columns = (table.id, table.instance_id, table.token, table.slot)
    kept = cast(null(), String) if queue is None else queue
    return select(told, *columns, kept.label("queue")).where(among(table.instance_id), *conditions)


#: What instances wait for: a closed wait does not say its kind, so all kinds are asked at once.
_WAITS = Ready(
    union_all(
        _of(_TIMER, TimerRow),
        _of(_SUBSCRIPTION, SubscriptionRow),
        _of(_TASK, UserTaskRow, literals(UserTaskRow.status, OPEN), queue=UserTaskRow.queue),
        _of(_JOB, JobRow, literals(JobRow.status, HOLDING)),
        _of(_INCIDENT, IncidentRow, IncidentRow.resolved_at.is_(None)),
    )
)
_DUE = Ready(
    select(TimerRow.id, TimerRow.instance_id, TimerRow.token, TimerRow.slot, TimerRow.due_at)
    .where(among(TimerRow.instance_id), TimerRow.due_at <= bindparam("moment"))
    .order_by(TimerRow.due_at, TimerRow.id)
)


def _removal(table: Any) -> Ready:
    """Return the statement that deletes waits; by their instances, for ids may have no index."""
    return Ready(delete(table).where(among(table.instance_id, "instances"), among(table.id)))


_DELETE_TIMERS = _removal(TimerRow)
_DELETIONS = {_TIMER: _DELETE_TIMERS, _SUBSCRIPTION: _removal(SubscriptionRow)}
_END_TASKS = Ready(
    update(UserTaskRow)
    .where(among(UserTaskRow.id))
    .values(status=bindparam("to_status"), ended_at=bindparam("moment"))
)
_END_JOBS = Ready(update(JobRow).where(among(JobRow.id)).values(status=bindparam("to_status")))
_RESOLVE = Ready(
    update(IncidentRow).where(among(IncidentRow.id)).values(resolved_at=bindparam("moment"))
)

#: (instance id, token, slot) of closed waits: whether they were completed.
_Over = dict[tuple[int, int, int], bool]


class SqlWaits:
    """The waits of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int, terms: Terms) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._terms = terms
        self._workspace = workspace_id

    def apply(self, effects: Effects, *, now: datetime) -> Applied:
        """Close waits, then open waits, and return the rows that came of it."""
        applied = Applied()
        self._close_rows(effects, applied, now)
        self._open(effects.opened, applied, now)
        return applied

    def fire(self, ids: Iterable[int], now: datetime) -> list[tuple[int, Event]]:
        """Take the due timers of instances that are locked, and return their events."""
        rows = _DUE.all(self._connection, {"ids": sorted(ids), "moment": now})
        if rows:
            gone = [row.id for row in rows]
            instances = sorted({row.instance_id for row in rows})
            _DELETE_TIMERS.change(self._connection, {"ids": gone, "instances": instances})
        return [
            (id, Event(EventKind.TIMER_DUE, token=token, slot=slot, due_at=due_at))
            for _, id, token, slot, due_at in rows
        ]

    def signalled(self, name: str) -> list[tuple[int, int, int]]:
        """Return (instance id, token, slot) of what waits for a signal."""
        number = self._terms.known([name]).get(name)
        if number is None:
            return []
        rows = self._connection.execute(
            select(SubscriptionRow.instance_id, SubscriptionRow.token, SubscriptionRow.slot)
            .where(
                SubscriptionRow.workspace_id == self._workspace,
                SubscriptionRow.signal,
                SubscriptionRow.name == number,
            )
            .order_by(SubscriptionRow.id)
        )
        return [(row.instance_id, row.token, row.slot) for row in rows]

    def _close_rows(self, effects: Effects, applied: Applied, now: datetime) -> None:
        """Close what is named, and whatever is left of instances that ended.

        Timers and subscriptions that are opened again are removed first.
        """
        over = {(id, wait.token, wait.slot): wait.completed for id, wait in effects.closed}
        ended, fresh = set(effects.ended), effects.fresh
        again = {(id, w.token, w.slot) for id, w in effects.opened if id not in fresh}
        touched = sorted({key[0] for key in (*over, *again)} | ended)
        if not touched:
            return
        found: dict[int, list[Any]] = {}
        for row in _WAITS.all(self._connection, {"ids": touched}):
            at = row.instance_id, row.token, row.slot
            if at in over or row.instance_id in ended or (at in again and row.kind in _DELETIONS):
                found.setdefault(row.kind, []).append(row)
        for kind, remove in _DELETIONS.items():
            if gone := [row.id for row in found.get(kind, ())]:
                remove.change(self._connection, {"ids": gone, "instances": touched})
        self._close_tasks(found.get(_TASK, ()), over, applied, now)
        self._close_jobs(found.get(_JOB, ()), over)
        if resolved := [row.id for row in found.get(_INCIDENT, ())]:
            _RESOLVE.change(self._connection, {"ids": resolved, "moment": now})

    def _close_tasks(
        self, rows: Iterable[Any], over: _Over, applied: Applied, now: datetime
    ) -> None:
        by_status: dict[UserTaskStatus, list[int]] = {}
        for row in rows:
            done = over.get((row.instance_id, row.token, row.slot), False)
            status = UserTaskStatus.COMPLETED if done else UserTaskStatus.CANCELLED
            by_status.setdefault(status, []).append(row.id)
            applied.user_tasks.append((row.id, row.queue))
        for status, ids in by_status.items():
            ended_as = {"ids": ids, "to_status": status.value, "moment": now}
            _END_TASKS.change(self._connection, ended_as)

    def _close_jobs(self, rows: Iterable[Any], over: _Over) -> None:
        by_status: dict[JobStatus, list[int]] = {}
        for row in rows:
            done = over.get((row.instance_id, row.token, row.slot), False)
            status = JobStatus.COMPLETED if done else JobStatus.CANCELLED
            by_status.setdefault(status, []).append(row.id)
        for status, ids in by_status.items():
            _END_JOBS.change(self._connection, {"ids": ids, "to_status": status.value})

    def _open(self, opened: Sequence[tuple[int, Wait]], applied: Applied, now: datetime) -> None:
        rows: dict[type[Any], list[dict[str, Any]]] = {}
        for instance_id, wait in opened:
            table, columns = _KINDS[type(wait)]
            common = {
                "workspace_id": self._workspace,
                "instance_id": instance_id,
                "token": wait.token,
                "slot": wait.slot,
                "element": wait.element,
                "element_name": wait.name,
            }
            rows.setdefault(table, []).append(common | columns(wait, now))
        for table, values in rows.items():
            if table in _TERMS:
                self._number(values, _TERMS[table])
                insert_rows(self._connection, table, values)
                continue
            ids = insert_numbered(self._connection, table, values)
            if table is JobRow:
                applied.jobs = [_created(id, row) for id, row in zip(ids, values, strict=True)]
            elif table is UserTaskRow:
                applied.user_tasks += [
                    (id, row["queue"]) for id, row in zip(ids, values, strict=True)
                ]
            elif table is IncidentRow:
                applied.incidents = ids

    def _number(self, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
        """Put numbers in the place of texts."""
        told = {row[column] for row in rows for column in columns}
        numbers = self._terms.numbers(told - {None})
        for row in rows:
            row.update((column, numbers.get(row[column])) for column in columns)


def _created(id: int, row: dict[str, Any]) -> Job:
    return Job(
        id=id,
        instance_id=row["instance_id"],
        element=row["element"],
        type=row["type"],
        payload=row["payload"],
        retries=row["retries"],
        created_at=row["created_at"],
    )


def _user_task(wait: UserTaskWait, now: datetime) -> dict[str, Any]:
    status = UserTaskStatus.CLAIMED if wait.assignee else UserTaskStatus.CREATED
    return {
        "queue": wait.queue,
        "due": wait.due,
        "priority": wait.priority,
        "form": wait.form,
        "claimed_by": wait.assignee or None,
        "status": status.value,
        "created_at": now,
    }


def _timer(wait: TimerWait, now: datetime) -> dict[str, Any]:
    return {"due_at": wait.due_at, "since": now}


def _message(wait: MessageWait, now: datetime) -> dict[str, Any]:
    key = wait.correlation_key
    return {"signal": False, "name": wait.message, "correlation_key": key, "since": now}


def _signal(wait: SignalWait, now: datetime) -> dict[str, Any]:
    return {"signal": True, "name": wait.signal, "correlation_key": None, "since": now}


def _job(wait: JobWait, now: datetime) -> dict[str, Any]:
    retries = max(1, wait.retries)
    return {
        "type": wait.type,
        "payload": dict(wait.payload),
        "retries": retries,
        "retries_given": retries,
        "status": JobStatus.OPEN.value,
        "created_at": now,
    }


def _failure(wait: FailureWait, now: datetime) -> dict[str, Any]:
    return {"what": wait.what, "cure": wait.cure, "created_at": now}


_KINDS: dict[type[Wait], tuple[type[Any], Callable[[Any, datetime], dict[str, Any]]]] = {
    UserTaskWait: (UserTaskRow, _user_task),
    TimerWait: (TimerRow, _timer),
    MessageWait: (SubscriptionRow, _message),
    SignalWait: (SubscriptionRow, _signal),
    JobWait: (JobRow, _job),
    FailureWait: (IncidentRow, _failure),
}
#: Columns whose texts are numbers. Nobody asks for the ids of these rows.
_TERMS: dict[type[Any], tuple[str, ...]] = {
    TimerRow: ("element", "element_name"),
    SubscriptionRow: ("element", "element_name", "name"),
}
