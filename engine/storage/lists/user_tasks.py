"""Which user tasks a list shows: soonest due first, then by priority; the undated come last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select, text

from engine.figures import COUNTED
from engine.storage.lists.bounds import literals
from engine.storage.tables import UserTaskRow
from engine.storage.types import UtcDateTime
from engine.user_tasks import OPEN, QueueSummary, UserTaskStatus

ENDED = tuple(status for status in UserTaskStatus if status not in OPEN)
_OPEN = "status IN ('created', 'claimed')"
_IN_QUEUE = f"FROM user_task t WHERE t.workspace_id = :workspace AND t.{_OPEN} AND t.queue"
_COUNT = (
    f"(SELECT count(*) FROM (SELECT 1 {_IN_QUEUE} = names.queue {{}}"  # noqa: S608 - all is ours
    f" LIMIT {COUNTED}) AS few)"
)
# The next queue is where the index goes on after the last one: nobody reads all user tasks to
# learn in which queues they are.
_QUEUES_SQL = f"""
    WITH RECURSIVE names(queue) AS (
      SELECT (SELECT min(t.queue) {_IN_QUEUE} IS NOT NULL)
      UNION ALL
      SELECT (SELECT min(t.queue) {_IN_QUEUE} > names.queue) FROM names
      WHERE names.queue IS NOT NULL
    )
    SELECT queue, {_COUNT.format("")}, {_COUNT.format("AND t.claimed_by IS NULL")},
      {_COUNT.format("AND t.due < :now")}
    FROM names WHERE queue IS NOT NULL ORDER BY queue
    """  # noqa: S608 - all of it is ours
_QUEUES = text(_QUEUES_SQL).bindparams(bindparam("now", type_=UtcDateTime))


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page before ended."""

    due: datetime | None
    priority: int
    id: int


def page(
    connection: Connection,
    narrowed: Select[Any],
    *,
    open_only: bool,
    dated_only: bool,
    after: Place | None,
    limit: int,
) -> list[Row[Any]]:
    """Return the rows on a page of ``narrowed``, which lists ``due``, ``priority`` and ``id``."""
    found: list[Row[Any]] = []
    for statuses in (OPEN,) if open_only else (OPEN, ENDED):
        part = narrowed.where(literals(UserTaskRow.status, statuses))
        found += _part(connection, part, dated_only=dated_only, after=after, limit=limit)
    return found if open_only else sorted(found, key=_place_of)[:limit]


def queues(connection: Connection, workspace: int, now: datetime) -> list[QueueSummary]:
    """Return the queues with open user tasks, by name; each number ends at ``COUNTED``."""
    rows = connection.execute(_QUEUES, {"workspace": workspace, "now": now})
    return [QueueSummary(*row) for row in rows]


def held(workspace: int, by: str) -> Select[Any]:
    """Return the open user tasks somebody has claimed."""
    return select(UserTaskRow.id).where(
        UserTaskRow.workspace_id == workspace,
        UserTaskRow.claimed_by == by,
        literals(UserTaskRow.status, OPEN),
    )


def _part(
    connection: Connection,
    part: Select[Any],
    *,
    dated_only: bool,
    after: Place | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Return the next rows of one index: those with a due date, then those without."""
    found: list[Row[Any]] = []
    for statement in _statements(part, after, dated_only=dated_only):
        if len(found) < limit:
            found += connection.execute(statement.limit(limit - len(found)))
    return found


def ordered(part: Select[Any]) -> tuple[Select[Any], Select[Any]]:
    """Return the statements for those of a list with a due date, and for those without."""
    due, priority, id = UserTaskRow.due, UserTaskRow.priority, UserTaskRow.id
    dated = part.where(due.is_not(None)).order_by(due, priority.desc(), id)
    return dated, part.where(due.is_(None)).order_by(priority.desc(), id)


def _statements(
    part: Select[Any], after: Place | None, *, dated_only: bool
) -> Iterator[Select[Any]]:
    # Two statements, because no index can begin in the middle of «later, or without due date».
    due, priority, id = UserTaskRow.due, UserTaskRow.priority, UserTaskRow.id
    dated, undated = ordered(part)
    if after is None:
        yield dated
    else:
        later = or_(priority < after.priority, and_(priority == after.priority, id > after.id))
        if after.due is None:
            undated = undated.where(priority <= after.priority, later)
        else:
            # The first condition says nothing new, but is where the index begins.
            yield dated.where(due >= after.due, or_(due > after.due, later))
    if not dated_only:
        yield undated


def _place_of(row: Row[Any]) -> tuple[bool, datetime, int, int]:
    return row.due is None, row.due or datetime.min.replace(tzinfo=UTC), -row.priority, row.id
