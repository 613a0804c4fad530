"""User tasks in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, or_, select, update

from engine.errors import NotFoundError
from engine.records import Answered, SeenUserTask
from engine.storage.bulk import among
from engine.storage.lists import user_tasks
from engine.storage.lists.bounds import counted, literals
from engine.storage.lists.user_tasks import Place
from engine.storage.ready import Ready
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
    InstanceRow.definition_id,
)
_FIELDS = tuple(column.key for column in _LISTED)
#: Built once: putting the joins together costs more than the database needs to follow them.
_ALL = (
    select(*_LISTED)
    .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
    .join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
)
_OPEN = literals(UserTaskRow.status, OPEN)
_ORDER = (UserTaskRow.due.asc().nulls_last(), UserTaskRow.priority.desc(), UserTaskRow.id)
_OURS = UserTaskRow.workspace_id == bindparam("workspace")
_OPEN_OF = Ready(_ALL.where(_OURS, _OPEN, among(UserTaskRow.instance_id)).order_by(*_ORDER))
_AMONG = _ALL.where(_OURS, among(UserTaskRow.id))
_BY_ID = _ALL.where(_OURS, UserTaskRow.id == bindparam("user_task"))
_ONE = Ready(_BY_ID)
_SEEN = Ready(
    _BY_ID.add_columns(
        UserTaskRow.token, InstanceRow.state, InstanceRow.definition_key, DefinitionRow.version
    )
)
# Whom nobody else has. Two statements, as for a page: those with a due date come first.
_FREE = select(UserTaskRow.id).where(
    _OURS,
    _OPEN,
    UserTaskRow.id != bindparam("besides"),
    or_(UserTaskRow.claimed_by.is_(None), UserTaskRow.claimed_by == bindparam("holder")),
)
_FREE_HERE = _FREE.where(UserTaskRow.queue == bindparam("queue"))
_NEXT, _NEXT_HERE = (
    tuple(Ready(each.limit(1)) for each in user_tasks.ordered(free)) for free in (_FREE, _FREE_HERE)
)
_ANSWERED = Ready(
    select(
        UserTaskRow.id,
        UserTaskRow.instance_id,
        InstanceRow.definition_id,
        UserTaskRow.token,
        UserTaskRow.slot,
        UserTaskRow.queue,
        UserTaskRow.form,
        UserTaskRow.status,
        UserTaskRow.claimed_by,
        InstanceRow.state,
    )
    .join(InstanceRow, InstanceRow.id == UserTaskRow.instance_id)
    .where(_OURS, among(UserTaskRow.id))
)
_COMPLETED = (
    update(UserTaskRow)
    .where(_OURS, _OPEN, among(UserTaskRow.id))
    .values(status=UserTaskStatus.COMPLETED.value, ended_at=bindparam("moment"))
    .returning(UserTaskRow.id)
)
_COMPLETE = Ready(_COMPLETED)
_COMPLETE_AS = Ready(
    _COMPLETED.where(
        or_(UserTaskRow.claimed_by.is_(None), UserTaskRow.claimed_by == bindparam("holder"))
    ).values(claimed_by=bindparam("holder"))
)


class SqlUserTasks:
    """The user tasks of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id

    def get(self, id: int) -> UserTask:
        """Return one. Raises ``NotFoundError``."""
        return _user_task(self._one(_ONE, id))

    def seen(self, id: int) -> SeenUserTask:
        """Return one with the state of its instance. Raises ``NotFoundError``."""
        row = self._one(_SEEN, id)
        return SeenUserTask(_user_task(row), row.definition_key, row.version, row.token, row.state)

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
        if queue is not None:
            statement = statement.where(UserTaskRow.queue == queue)
        if claimed_by is not None:
            statement = statement.where(UserTaskRow.claimed_by == claimed_by)
        if overdue_at is not None:
            statement = statement.where(UserTaskRow.due < overdue_at)
        if instance_id is not None:
            statement = statement.where(UserTaskRow.instance_id == instance_id)
        rows = user_tasks.page(
            self._connection,
            statement,
            open_only=open_only,
            dated_only=overdue_at is not None,
            after=None if after is None else self._place(*after),
            limit=limit,
        )
        return [_user_task(row) for row in rows]

    def queues(self, now: datetime, named: str) -> list[QueueSummary]:
        """Return the queues with open user tasks whose name holds ``named``, by name."""
        return user_tasks.queues(self._connection, self._workspace, now, named)

    def held(self, by: str, *, most: int) -> int:
        """Return how many open ones somebody has claimed; counting ends at ``most``."""
        return counted(self._connection, user_tasks.held(self._workspace, by), most)

    def among(self, ids: Collection[int]) -> dict[int, UserTask]:
        """Return those that there are, open or not, by id."""
        if not ids:
            return {}
        wanted = {"workspace": self._workspace, "ids": ids}
        rows: Iterable[Row[Any]] = self._connection.execute(_AMONG, wanted)
        return {row.id: _user_task(row) for row in rows}

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

    def answered(self, ids: Collection[int]) -> dict[int, Answered]:
        """Return those that there are, by id, as completing them needs them."""
        wanted = {"workspace": self._workspace, "ids": ids}
        return {row.id: _answered(row) for row in _ANSWERED.all(self._connection, wanted)}

    def complete(self, ids: Collection[int], by: str | None, now: datetime) -> set[int]:
        """Complete those that are open, and free or theirs (None: whoever's); return their ids."""
        if not ids:
            return set()
        # One conditional statement: of two agents who click at the same moment, one wins.
        wanted = {"workspace": self._workspace, "ids": ids, "moment": now, "holder": by}
        complete = _COMPLETE if by is None else _COMPLETE_AS
        return {id for (id,) in complete.all(self._connection, wanted)}

    def next_for(self, queue: str | None, by: str, besides: int) -> int | None:
        """Return the id of the first open one in a queue that is free or theirs, if any."""
        wanted = {"workspace": self._workspace, "queue": queue, "holder": by, "besides": besides}
        for statement in _NEXT if queue is None else _NEXT_HERE:
            if (id := statement.scalar(self._connection, wanted)) is not None:
                return int(id)
        return None

    def too_late(self, instance_id: int, token: int, now: datetime) -> str | None:
        """Cancel what was completed too late, and return its element; None where there is none."""
        statement = (
            update(UserTaskRow)
            .where(
                UserTaskRow.workspace_id == self._workspace,
                UserTaskRow.instance_id == instance_id,
                UserTaskRow.token == token,
            )
            .values(status=UserTaskStatus.CANCELLED.value, ended_at=now)
            .returning(UserTaskRow.element)
        )
        return self._connection.execute(statement).scalar()

    def open_of(self, instance_ids: Collection[int]) -> dict[int, list[UserTask]]:
        """Return the open ones of instances, in the order of :meth:`find`."""
        if not instance_ids:
            return {}
        found: dict[int, list[UserTask]] = {}
        wanted = {"workspace": self._workspace, "ids": instance_ids}
        for row in _OPEN_OF.all(self._connection, wanted):
            found.setdefault(row.instance_id, []).append(_user_task(row))
        return found

    def _one(self, statement: Ready, id: int) -> Any:
        wanted = {"workspace": self._workspace, "user_task": id}
        row = statement.first(self._connection, wanted)
        if row is None:
            raise NotFoundError("user task", id)
        return row

    def _change(self, id: int, *conditions: Any, **values: Any) -> bool:
        # One conditional statement: of two agents who click at the same moment, one wins.
        statement = update(UserTaskRow).where(self._is(id), *conditions).values(**values)
        return self._connection.execute(statement).rowcount == 1

    def _is(self, id: int) -> Any:
        return and_(UserTaskRow.workspace_id == self._workspace, UserTaskRow.id == id)

    def _listed(self) -> Any:
        return _ALL.where(UserTaskRow.workspace_id == self._workspace)

    def _place(self, due: datetime | None, id: int) -> Place:
        """Return the place of (due, id) in the order of :meth:`find`."""
        priority = self._connection.execute(
            select(UserTaskRow.priority).where(self._is(id))
        ).scalar_one_or_none()
        return Place(due, 0 if priority is None else priority, id)


def _user_task(row: Any) -> UserTask:
    """Return the user task in the columns that every list has; others may follow."""
    values = dict(zip(_FIELDS, row, strict=False))
    values["status"] = UserTaskStatus(values["status"])
    return UserTask(**values)


def _answered(row: Any) -> Answered:
    values = row._asdict()
    values["status"] = UserTaskStatus(values["status"])
    return Answered(**values)
