"""Which user tasks a list shows: soonest due first, then by priority; the undated come last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    func,
    or_,
    select,
)

from engine.figures import COUNTED
from engine.storage.lists.bounds import literals
from engine.storage.tables import UserTaskRow
from engine.user_tasks import OPEN, QueueSummary, UserTaskStatus

ENDED = tuple(status for status in UserTaskStatus if status not in OPEN)
_OURS = (
    UserTaskRow.workspace_id == bindparam("workspace"),
    literals(UserTaskRow.status, OPEN),
)


def _next_queue(*beyond: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.min(UserTaskRow.queue)).where(*_OURS, *beyond).scalar_subquery()


def _queues() -> Select[Any]:
    """Return the statement for the queues with open user tasks, and the numbers of each.

    The next queue is where the index goes on after the last one: nobody reads all user tasks to
    learn in which queues they are.
    """
    first = select(_next_queue(UserTaskRow.queue.is_not(None)).label("queue"))
    names = first.cte("names", recursive=True)
    last = names.alias("last")
    following = select(_next_queue(UserTaskRow.queue > last.c.queue)).where(
        last.c.queue.is_not(None)
    )
    names = names.union_all(following)

    def count(*narrow: ColumnElement[bool]) -> ScalarSelect[Any]:
        few = select(UserTaskRow.id).where(*_OURS, UserTaskRow.queue == names.c.queue, *narrow)
        some = few.limit(COUNTED).correlate(names).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    return (
        select(
            names.c.queue,
            count(),
            count(UserTaskRow.claimed_by.is_(None)),
            count(UserTaskRow.due < bindparam("moment")),
        )
        .where(names.c.queue.is_not(None))
        .order_by(names.c.queue)
    )


_QUEUES = _queues()


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


def queues(connection: Connection, workspace: int, now: datetime, named: str) -> list[QueueSummary]:
    """Return the queues with open user tasks, by name; each number ends at ``COUNTED``."""
    asked, some = {"workspace": workspace, "moment": now}, _QUEUES
    if named:
        # Nothing is counted in those whose name does not fit. Names are compared here: SQLite knows
        # the small letters of ASCII alone.
        queue = _QUEUES.selected_columns[0]
        names = connection.scalars(_QUEUES.with_only_columns(queue), asked)
        some = _QUEUES.where(queue.in_([one for one in names if named.lower() in one.lower()]))
    rows = connection.execute(some, asked)
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
