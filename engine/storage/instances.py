"""Process instances, their inboxes and their histories in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    delete,
    exists,
    func,
    select,
    tuple_,
    update,
)

from engine.errors import NotFoundError, StaleRevisionError
from engine.history import HistoryEntry, What
from engine.instances import Instance, InstanceFilter, InstanceStatus, WaitingElement
from engine.ports import Event, EventKind
from engine.records import Held, NewInstance, Written
from engine.storage.bulk import among, insert_numbered, insert_rows, update_rows
from engine.storage.places import held_at, places
from engine.storage.tables import (
    DefinitionRow,
    HistoryRow,
    InboxRow,
    IncidentRow,
    InstanceRow,
    TimerRow,
    UserTaskRow,
)
from engine.user_tasks import OPEN

_LISTED = (
    InstanceRow.id,
    InstanceRow.definition_id,
    InstanceRow.definition_key.label("key"),
    DefinitionRow.version,
    DefinitionRow.name,
    InstanceRow.business_key,
    InstanceRow.correlation_key,
    InstanceRow.status,
    InstanceRow.started_at,
    InstanceRow.ended_at,
    InstanceRow.next_due,
    select(func.count())
    .select_from(IncidentRow)
    .where(IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None))
    .scalar_subquery()
    .label("incidents"),
)
# Statements are built once: putting one together costs more than the database needs to follow it.
_ALL = select(*_LISTED).join(DefinitionRow, DefinitionRow.id == InstanceRow.definition_id)
_WRITE = (
    "SET revision = :revision + 1, status = :status, state = :state, ended_at = :ended_at"
    " WHERE instance.id = :id AND instance.revision = :revision"
)
_TIMER = (
    select(func.min(TimerRow.due_at))
    .where(TimerRow.instance_id == InstanceRow.id)
    .scalar_subquery()
)
_TASK = (
    select(func.min(UserTaskRow.due))
    .where(
        UserTaskRow.instance_id == InstanceRow.id,
        UserTaskRow.status.in_(OPEN),
    )
    .scalar_subquery()
)
# NULL is not less than anything, so the second branch is right when either is NULL.
_EARLIEST = case((_TIMER < _TASK, _TIMER), else_=func.coalesce(_TASK, _TIMER))
#: The instance, and then the fields of an event in their order.
_EVENT = (
    InboxRow.instance_id,
    InboxRow.kind,
    InboxRow.token,
    InboxRow.slot,
    InboxRow.name,
    InboxRow.correlation_key,
    InboxRow.payload,
    InboxRow.opened_with,
    InboxRow.by,
    InboxRow.id,
    InboxRow.hops,
    InboxRow.expires_at,
)


_AMONG = among(InstanceRow.id)
_HELD = (
    select(
        InstanceRow.id,
        InstanceRow.definition_id,
        InstanceRow.definition_key,
        InstanceRow.revision,
        InstanceRow.status,
        InstanceRow.correlation_key,
        InstanceRow.state,
    )
    .where(InstanceRow.workspace_id == bindparam("workspace"), _AMONG)
    .order_by(InstanceRow.id)
)
# KEY SHARE, because others may append to the inbox while we hold the row.
_LOCK = _HELD.with_for_update(key_share=True)
_LOCK_FREE = _HELD.with_for_update(key_share=True, skip_locked=True)
_LOCK_SOME = _LOCK_FREE.limit(bindparam("at_most"))
_REFRESH_DUE = (
    update(InstanceRow.__table__)  # type: ignore[arg-type]
    .where(_AMONG)
    .values(next_due=_EARLIEST)
)
_ACTIVE = select(InstanceRow.id, InstanceRow.definition_key, InstanceRow.correlation_key).where(
    InstanceRow.workspace_id == bindparam("workspace"),
    InstanceRow.status == InstanceStatus.ACTIVE,
    InstanceRow.correlation_key.is_not(None),
    tuple_(InstanceRow.definition_key, InstanceRow.correlation_key).in_(
        bindparam("keys", expanding=True)
    ),
)
_PENDING = (
    select(*_EVENT)
    .where(
        InboxRow.workspace_id == bindparam("workspace"),
        among(InboxRow.instance_id),
    )
    .order_by(InboxRow.id)
)
_REMOVE = delete(InboxRow).where(among(InboxRow.id))


class SqlInstances:
    """The process instances of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id

    def insert(self, new: Sequence[NewInstance]) -> list[int]:
        """Insert, and return the ids in the same order."""
        if not new:
            return []
        rows = [
            {
                "workspace_id": self._workspace,
                "definition_id": each.definition_id,
                "definition_key": each.key,
                "revision": 0,
                "status": InstanceStatus.ACTIVE.value,
                "business_key": each.business_key,
                "correlation_key": each.correlation_key,
                "started_at": each.started_at,
            }
            for each in new
        ]
        return insert_numbered(self._connection, InstanceRow, rows)

    def lock(self, ids: Iterable[int], *, wait: bool, most: int | None = None) -> list[Held]:
        """Lock rows in id order; without ``wait`` those that somebody else holds are left out.

        With ``most`` it stops when it has so many.
        """
        wanted = {"workspace": self._workspace, "ids": sorted(ids), "at_most": most}
        statement = (_LOCK if wait else _LOCK_FREE) if most is None else _LOCK_SOME
        rows = self._connection.execute(statement, wanted)
        return [
            Held(id, definition, key, revision, InstanceStatus(status), correlation_key, state)
            for id, definition, key, revision, status, correlation_key, state in rows
        ]

    def write(self, written: Sequence[Written]) -> None:
        """Store states. Raises ``StaleRevisionError`` when any has another revision by now."""
        if not written:
            return
        rows = [
            {
                "id": each.id,
                "revision": each.revision,
                "status": each.status.value,
                "state": each.state,
                "ended_at": each.ended_at,
            }
            for each in written
        ]
        changed = update_rows(self._connection, InstanceRow, _WRITE, rows)
        if changed != len(written):
            raise StaleRevisionError(
                "Another worker wrote the instance first. Nothing was stored; try again."
            )

    def refresh_due(self, ids: Iterable[int]) -> None:
        """Bring ``next_due`` up to date."""
        self._connection.execute(_REFRESH_DUE, {"ids": sorted(set(ids))})

    def active(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """Return the active instances by (definition key, correlation key)."""
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        rows = self._connection.execute(_ACTIVE, {"workspace": self._workspace, "keys": wanted})
        return {(row.definition_key, row.correlation_key): row.id for row in rows}

    def get(self, id: int) -> Instance:
        """Return one. Raises ``NotFoundError``."""
        row = self._connection.execute(self._listed().where(InstanceRow.id == id)).first()
        if row is None:
            raise NotFoundError("process instance", id)
        return _instance(row)

    def state(self, id: int) -> bytes | None:
        """Return the state; None before the first run. Raises ``NotFoundError``."""
        row = self._connection.execute(
            select(InstanceRow.state).where(
                InstanceRow.workspace_id == self._workspace, InstanceRow.id == id
            )
        ).first()
        if row is None:
            raise NotFoundError("process instance", id)
        state: bytes | None = row.state
        return state

    def find(self, where: InstanceFilter, *, before: int | None, limit: int) -> list[Instance]:
        """Return instances, newest first."""
        statement = self._listed().where(*_conditions(where))
        if before is not None:
            statement = statement.where(InstanceRow.id < before)
        rows = self._connection.execute(statement.order_by(InstanceRow.id.desc()).limit(limit))
        return [_instance(row) for row in rows]

    def waiting(self, id: int) -> tuple[WaitingElement, ...]:
        """Return where its tokens wait, oldest first."""
        return places(self._connection, self._workspace, id)

    def history(self, id: int) -> list[HistoryEntry]:
        """Return what happened, in order."""
        rows = self._connection.execute(
            select(
                HistoryRow.element, HistoryRow.what, HistoryRow.at, HistoryRow.by, HistoryRow.detail
            )
            .where(HistoryRow.workspace_id == self._workspace, HistoryRow.instance_id == id)
            .order_by(HistoryRow.id)
        )
        return [HistoryEntry(e, What(what), at, by, detail) for e, what, at, by, detail in rows]

    def record(self, entries: Sequence[tuple[int, HistoryEntry]]) -> None:
        """Append to the histories of instances."""
        if not entries:
            return
        rows = [
            {
                "workspace_id": self._workspace,
                "instance_id": id,
                "element": entry.element,
                "what": entry.what.value,
                "at": entry.at,
                "by": entry.by,
                "detail": entry.detail,
            }
            for id, entry in entries
        ]
        insert_rows(self._connection, HistoryRow, rows)

    def _listed(self) -> Any:
        return _ALL.where(InstanceRow.workspace_id == self._workspace)


class SqlInbox:
    """The inboxes of the instances of one workspace."""

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id

    def add(self, events: Sequence[tuple[int, Event]]) -> None:
        """Append events, in this order, to the inboxes of instances."""
        if not events:
            return
        rows = [
            {
                "workspace_id": self._workspace,
                "instance_id": id,
                "kind": event.kind.value,
                "token": event.token,
                "slot": event.slot,
                "name": event.name,
                "correlation_key": event.correlation_key,
                "payload": dict(event.payload),
                "opened_with": None if event.opened_with is None else dict(event.opened_with),
                "by": event.by,
                "hops": event.hops,
                "expires_at": event.expires_at,
            }
            for id, event in events
        ]
        insert_rows(self._connection, InboxRow, rows)

    def pending(self, ids: Iterable[int]) -> dict[int, list[Event]]:
        """Return the events of instances in the order they came, each with its id."""
        wanted = {"workspace": self._workspace, "ids": sorted(ids)}
        found: dict[int, list[Event]] = {}
        for instance_id, kind, *values in self._connection.execute(_PENDING, wanted):
            found.setdefault(instance_id, []).append(Event(EventKind(kind), *values))
        return found

    def remove(self, ids: Sequence[int]) -> None:
        """Remove events that were applied."""
        if ids:
            self._connection.execute(_REMOVE, {"ids": ids})


def _instance(row: Row[Any]) -> Instance:
    values = dict(row._mapping)
    values["status"] = InstanceStatus(values["status"])
    return Instance(**values)


def _conditions(where: InstanceFilter) -> list[Any]:
    conditions: list[Any] = []
    if where.key is not None:
        conditions.append(InstanceRow.definition_key == where.key)
    if where.status is not None:
        conditions.append(InstanceRow.status == where.status)
    if where.business_key is not None:
        conditions.append(InstanceRow.business_key == where.business_key)
    if where.started_before is not None:
        conditions.append(InstanceRow.started_at < where.started_before)
    if where.overdue_at is not None:
        conditions.append(InstanceRow.status == InstanceStatus.ACTIVE)
        conditions.append(InstanceRow.next_due < where.overdue_at)
    if where.with_incident:
        conditions.append(
            exists().where(
                IncidentRow.instance_id == InstanceRow.id, IncidentRow.resolved_at.is_(None)
            )
        )
    if where.waiting_at is not None:
        conditions.append(held_at(where.waiting_at))
    return conditions
