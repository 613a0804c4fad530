"""Process instances, their inboxes and their histories in the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    func,
    select,
    text,
    tuple_,
    update,
)

from engine.errors import NotFoundError, StaleRevisionError
from engine.history import HistoryEntry
from engine.instances import Instance, InstanceFilter, InstanceStatus, WaitingElement
from engine.packing import Dictionary
from engine.ports import Catalogue, Event, EventKind
from engine.records import Held, NewInstance, Written
from engine.storage import history
from engine.storage.bulk import among, insert_numbered, insert_rows, update_rows
from engine.storage.lists import instances as lists
from engine.storage.lists.bounds import counted
from engine.storage.places import places
from engine.storage.ready import Ready
from engine.storage.tables import (
    DefinitionRow,
    InboxRow,
    IncidentRow,
    InstanceRow,
)
from engine.storage.terms import Terms
from engine.storage.types import decode, encode

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
# Of an instance: the first of its timers and of the due dates of its open user tasks.
_EARLIEST = (
    "(SELECT min(due) FROM (SELECT due_at AS due FROM timer WHERE timer.instance_id = instance.id"
    " UNION ALL SELECT due FROM user_task WHERE user_task.instance_id = instance.id"
    " AND user_task.status IN ('created', 'claimed')) AS waits)"
)
# All in one: each update of a row leaves a dead one behind on PostgreSQL.
_WRITE = (
    "SET revision = :revision + 1, status = :status, state = :state, ended_at = :ended_at,"
    f" next_due = {_EARLIEST} WHERE instance.id = :id AND instance.revision = :revision"
)
#: The instance, then the fields of an event in their order, and the id.
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
    InboxRow.hops,
    InboxRow.expires_at,
    InboxRow.id,
)


_ONE = _ALL.where(
    InstanceRow.workspace_id == bindparam("workspace"), InstanceRow.id == bindparam("instance")
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
_FREE = _HELD.with_for_update(key_share=True, skip_locked=True)
_LOCK = Ready(_HELD.with_for_update(key_share=True))
_LOCK_FREE, _LOCK_SOME = Ready(_FREE), Ready(_FREE.limit(bindparam("at_most")))
_REFRESH_DUE = (
    update(InstanceRow.__table__)  # type: ignore[arg-type]
    .where(_AMONG)
    .values(next_due=text(_EARLIEST))
)
_ACTIVE = select(InstanceRow.id, InstanceRow.definition_key, InstanceRow.correlation_key).where(
    InstanceRow.workspace_id == bindparam("workspace"),
    InstanceRow.status == InstanceStatus.ACTIVE,
    InstanceRow.correlation_key.is_not(None),
    tuple_(InstanceRow.definition_key, InstanceRow.correlation_key).in_(
        bindparam("keys", expanding=True)
    ),
)
_TAKE = Ready(
    delete(InboxRow)
    .where(InboxRow.workspace_id == bindparam("workspace"), among(InboxRow.instance_id))
    .returning(*_EVENT)
)
#: Of an event as it is stored: its id.
_LAST = itemgetter(-1)


class SqlInstances:
    """The process instances of one workspace."""

    def __init__(
        self, connection: Connection, workspace_id: int, catalogue: Catalogue, terms: Terms
    ) -> None:
        """Work on an open transaction.

        Args:
            connection: the open transaction.
            workspace_id: of the instances.
            catalogue: knows what histories are packed with.
            terms: knows the numbers by which histories name elements.
        """
        self._connection = connection
        self._workspace = workspace_id
        self._catalogue = catalogue
        self._terms = terms
        #: The definitions of the instances that were locked here, and their dictionaries.
        self._definitions: dict[int, int] = {}
        self._dictionaries: dict[int, Dictionary | None] = {}

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

        With ``most``, which is not for waiting, it stops when it has so many.
        """
        wanted = {"workspace": self._workspace, "ids": sorted(ids), "at_most": most}
        statement = (_LOCK if wait else _LOCK_FREE) if most is None else _LOCK_SOME
        rows = statement.all(self._connection, wanted)
        held = [
            Held(id, definition, key, revision, InstanceStatus(status), correlation_key, state)
            for id, definition, key, revision, status, correlation_key, state in rows
        ]
        self._definitions.update((each.id, each.definition_id) for each in held)
        return held

    def write(self, written: Sequence[Written]) -> None:
        """Store states, and ``next_due`` by the waits as they are now.

        Raises:
            StaleRevisionError: another worker wrote one of them first.
        """
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
        wanted = {"workspace": self._workspace, "instance": id}
        row = self._connection.execute(_ONE, wanted).first()
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
        statement = lists.page(
            self._connection, _ALL, self._workspace, where, before=before, limit=limit
        )
        return [_instance(row) for row in self._connection.execute(statement)]

    def count(self, where: InstanceFilter, *, most: int) -> int:
        """Return how many there are; counting ends at ``most``."""
        return counted(self._connection, lists.matching(self._workspace, where), most)

    def running(self, keys: Collection[str], *, most: int) -> dict[str, int]:
        """Return how many run of each process; counting ends at ``most``."""
        rows = self._connection.execute(lists.running(self._workspace, keys, most))
        return {row[0]: row[1] for row in rows}

    def waiting(self, id: int) -> tuple[WaitingElement, ...]:
        """Return where its tokens wait, oldest first."""
        return places(self._connection, self._workspace, id)

    def history(self, id: int) -> list[HistoryEntry]:
        """Return what happened, in order."""
        return history.entries(self._connection, self._workspace, id, self._catalogue.dictionary)

    def record(self, entries: Sequence[tuple[int, HistoryEntry]]) -> None:
        """Append to the histories of instances."""
        names = {entry.element for _, entry in entries if entry.element is not None}
        numbers = self._terms.numbers(names)
        history.record(self._connection, entries, numbers, self._dictionary)

    def _dictionary(self, id: int) -> Dictionary | None:
        """Return what the history of an instance is packed with, if we hold the instance."""
        definition = self._definitions.get(id)
        if definition is None:
            return None
        if definition not in self._dictionaries:
            self._dictionaries[definition] = self._catalogue.dictionary_of(definition)
        return self._dictionaries[definition]


class SqlInbox:
    """The inboxes of the instances of one workspace.

    Most events are applied in the transaction they come in. Those are never stored; what nobody
    took by the end of the transaction is.
    """

    def __init__(self, connection: Connection, workspace_id: int) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self._workspace = workspace_id
        self._added: list[tuple[int, Event]] = []

    def add(self, events: Sequence[tuple[int, Event]]) -> None:
        """Append events, in this order, to the inboxes of instances."""
        self._added += [(id, _as_stored(event)) for id, event in events]

    def take(self, ids: Collection[int]) -> dict[int, list[Event]]:
        """Remove the events of instances, and return them in the order they came."""
        wanted = {"workspace": self._workspace, "ids": sorted(ids)}
        found: dict[int, list[Event]] = {}
        for instance_id, kind, *values, _ in sorted(_TAKE.all(self._connection, wanted), key=_LAST):
            found.setdefault(instance_id, []).append(Event(EventKind(kind), *values))
        added, self._added = self._added, []
        for id, event in added:
            if id in ids:
                found.setdefault(id, []).append(event)
            else:
                self._added.append((id, event))
        return found

    def keep(self) -> None:
        """Store the events that nobody took."""
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
            for id, event in self._added
        ]
        insert_rows(self._connection, InboxRow, rows)
        self._added.clear()


def _as_stored(event: Event) -> Event:
    """Return an event with the values it would have after it was stored."""
    opened = event.opened_with
    return replace(
        event,
        payload=decode(encode(dict(event.payload))),
        opened_with=None if opened is None else decode(encode(dict(opened))),
    )


def _instance(row: Row[Any]) -> Instance:
    values = dict(row._mapping)
    values["status"] = InstanceStatus(values["status"])
    return Instance(**values)
