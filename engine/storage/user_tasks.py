"""User tasks in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, or_, select, update

from engine.errors import NotFoundError
from engine.storage.tables import DefinitionRow, InstanceRow, UserTaskRow
from engine.user_tasks import OPEN, QueueSummary, UserTask, UserTaskStatus

_LISTED = (
    UserTaskRow.id,
    UserTaskRow.instance_id,
    UserTaskRow.element,
    UserTaskRow.element_name.label("name"),
    UserTaskRow.queue,
    UserTaskRow.due,
    UserTaskRow.claimed_by,
    UserTaskRow.form,
    UserTaskRow.status,
    UserTaskRow.created_at,
    UserTaskRow.priority,
    InstanceRow.business_key,
    InstanceRow.correlation_key,
    DefinitionRow.name.label("process"),
)
#: Built once: putting the joins together costs more than the database needs to follow them.
_ALL = (
    select(*_LISTED)
    .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
    .join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
)
_OPEN = UserTaskRow.status.in_(OPEN)


class SqlUserTasks:
    """The user tasks of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id

    def get(self, id: int) -> UserTask:
        """Return one. Raises ``NotFoundError``."""
        row = self._connection.execute(self._listed().where(UserTaskRow.id == id)).first()
        if row is None:
            raise NotFoundError("user task", id)
        return _user_task(row)

    def wait(self, id: int) -> tuple[int, int]:
        """Return its token and slot."""
        row = self._connection.execute(
            select(UserTaskRow.token, UserTaskRow.slot).where(self._is(id))
        ).one()
        return row.token, row.slot

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
        statement = self._listed()
        if instance_id is not None:
            statement = statement.where(UserTaskRow.instance_id == instance_id)
        if queue is not None:
            statement = statement.where(UserTaskRow.queue == queue)
        if claimed_by is not None:
            statement = statement.where(UserTaskRow.claimed_by == claimed_by)
        if open_only:
            statement = statement.where(_OPEN)
        if overdue_at is not None:
            statement = statement.where(UserTaskRow.due < overdue_at)
        if after is not None:
            statement = statement.where(self._beyond(*after))
        rows = self._connection.execute(
            statement.order_by(
                UserTaskRow.due.asc().nulls_last(), UserTaskRow.priority.desc(), UserTaskRow.id
            ).limit(limit)
        )
        return [_user_task(row) for row in rows]

    def queues(self, now: datetime) -> list[QueueSummary]:
        """Return the queues with open user tasks, by name."""
        unclaimed = func.sum(case((UserTaskRow.claimed_by.is_(None), 1), else_=0))
        overdue = func.sum(case((UserTaskRow.due < now, 1), else_=0))
        rows = self._connection.execute(
            select(UserTaskRow.queue, func.count(), unclaimed, overdue)
            .where(
                UserTaskRow.workspace_id == self._workspace, _OPEN, UserTaskRow.queue.is_not(None)
            )
            .group_by(UserTaskRow.queue)
            .order_by(UserTaskRow.queue)
        )
        return [QueueSummary(queue, *(int(n) for n in numbers)) for queue, *numbers in rows]

    def claim(self, id: int, by: str) -> bool:
        """Claim, and tell whether it was open and free, or already theirs."""
        return self._change(
            id,
            _OPEN,
            or_(UserTaskRow.claimed_by.is_(None), UserTaskRow.claimed_by == by),
            status=UserTaskStatus.CLAIMED.value,
            claimed_by=by,
        )

    def release(self, id: int, by: str | None) -> bool:
        """Release what ``by`` holds (None: whoever), and tell whether it was held so."""
        holder = UserTaskRow.claimed_by.is_not(None) if by is None else UserTaskRow.claimed_by == by
        return self._change(id, _OPEN, holder, status=UserTaskStatus.CREATED.value, claimed_by=None)

    def complete(self, id: int, by: str | None, now: datetime) -> bool:
        """Complete, and tell whether it was open, and free or theirs (None: whoever's)."""
        changes: dict[str, Any] = {"status": UserTaskStatus.COMPLETED.value, "ended_at": now}
        if by is None:
            return self._change(id, _OPEN, **changes)
        free = or_(UserTaskRow.claimed_by.is_(None), UserTaskRow.claimed_by == by)
        return self._change(id, _OPEN, free, claimed_by=by, **changes)

    def _change(self, id: int, *conditions: Any, **values: Any) -> bool:
        # One conditional statement: of two agents who click at the same moment, one wins.
        statement = update(UserTaskRow).where(self._is(id), *conditions).values(**values)
        return self._connection.execute(statement).rowcount == 1

    def _is(self, id: int) -> Any:
        return and_(UserTaskRow.workspace_id == self._workspace, UserTaskRow.id == id)

    def _listed(self) -> Any:
        return _ALL.where(UserTaskRow.workspace_id == self._workspace)

    def _beyond(self, due: datetime | None, id: int) -> Any:
        """Return the condition for what comes after (due, id) in the order of :meth:`find`."""
        last = self._connection.execute(
            select(UserTaskRow.priority).where(self._is(id))
        ).scalar_one_or_none()
        priority = 0 if last is None else last
        later = or_(
            UserTaskRow.priority < priority,
            and_(UserTaskRow.priority == priority, UserTaskRow.id > id),
        )
        if due is None:
            return and_(UserTaskRow.due.is_(None), later)
        return or_(
            UserTaskRow.due > due,
            UserTaskRow.due.is_(None),
            and_(UserTaskRow.due == due, later),
        )


def _user_task(row: Row[Any]) -> UserTask:
    values = dict(row._mapping)
    values["status"] = UserTaskStatus(values["status"])
    return UserTask(**values)
