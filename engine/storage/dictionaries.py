"""The dictionaries of definition versions: found by everybody, made once each, in the background.

A dictionary comes about when enough instances of a version are stored without one. It is trained
outside of every transaction that somebody waits for, stored, and never changed: states and entries
of histories name it by its number. Until a process has seen it, it writes without.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, Select, bindparam, select, text, union_all

from engine.instances import InstanceStatus
from engine.packing import SAMPLES, Dictionary, train, unpack
from engine.recent import Recent
from engine.storage.bulk import among
from engine.storage.database import Database
from engine.storage.lists.bounds import literals
from engine.storage.tables import DefinitionRow, DictionaryRow, HistoryRow, InstanceRow

_log = structlog.get_logger(__name__)

#: Dictionaries kept in memory; one takes about 350 kB.
_KEPT = 64
#: Versions of which it is remembered which one they have, and how often they had to do without.
_REMEMBERED = 4_096
#: After so many states written without, it is looked again whether another process made one.
_LOOK_AGAIN = 50
#: Longest state, and detail of history, that a dictionary is made from; and details an instance.
_LONGEST = 16_384
_MOST_DETAILS = 8
#: Bytes of all samples together: a hundred times a dictionary is enough to learn from, and what
#: customers write must not keep a worker busy for long. So much takes about a second.
_TOGETHER = 4_000_000

_CONTENT = select(DictionaryRow.content).where(
    DictionaryRow.workspace_id == bindparam("workspace"), DictionaryRow.id == bindparam("number")
)
_INSERT = text(
    "INSERT INTO dictionary (workspace_id, definition_id, content) "
    "VALUES (:workspace, :definition, :content) ON CONFLICT DO NOTHING"
)
_NUMBER = select(DictionaryRow.id).where(
    DictionaryRow.workspace_id == bindparam("workspace"),
    DictionaryRow.definition_id == bindparam("definition"),
)


def _states(status: InstanceStatus) -> Select[Any]:
    """Return the newest states of a version; by key and status, as the index lists them."""
    newest = (
        select(InstanceRow.id, InstanceRow.state)
        .join(DefinitionRow, DefinitionRow.id == bindparam("definition"))
        .where(
            InstanceRow.workspace_id == bindparam("workspace"),
            InstanceRow.definition_key == DefinitionRow.key,
            InstanceRow.definition_id == bindparam("definition"),
            literals(InstanceRow.status, [status]),
            InstanceRow.state.is_not(None),
        )
        .order_by(InstanceRow.started_at.desc(), InstanceRow.id.desc())
        .limit(SAMPLES)
        .subquery()
    )
    return select(newest)


_STATES = union_all(*map(_states, (InstanceStatus.ACTIVE, InstanceStatus.COMPLETED))).limit(SAMPLES)
_DETAILS = (
    select(HistoryRow.instance_id, HistoryRow.detail)
    .where(among(HistoryRow.instance_id), HistoryRow.detail.is_not(None))
    .order_by(HistoryRow.id)
)


class Dictionaries:
    """The dictionaries of one database. Safe to use from many threads."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._kept: Recent[tuple[int, int], Dictionary] = Recent(_KEPT)
        self._numbers: Recent[int, int] = Recent(_REMEMBERED)
        self._lock = threading.Lock()
        #: States of (workspace id, definition id) that were written without; oldest first.
        self._without: dict[tuple[int, int], int] = {}

    def get(self, connection: Connection, workspace: int, number: int) -> Dictionary | None:
        """Return a dictionary by its number; None where the workspace has none such."""
        at = workspace, number
        found = self._kept.get(at)
        if found is None:
            asked = {"workspace": workspace, "number": number}
            content = connection.execute(_CONTENT, asked).scalar()
            if content is not None:
                found = self._kept.keep(at, Dictionary(number, bytes(content)))
        return found

    def of(self, connection: Connection, workspace: int, definition: int) -> Dictionary | None:
        """Return what states of a version are packed with, None where there is none yet."""
        number = self._numbers.get(definition)
        if number is None and self._is_to_be_asked(workspace, definition):
            asked = {"workspace": workspace, "definition": definition}
            number = connection.execute(_NUMBER, asked).scalar()
            if number is not None:
                self._numbers.keep(definition, number)
        return None if number is None else self.get(connection, workspace, number)

    def learn(self, database: Database) -> int:
        """Make the dictionaries that are worth it by now; return how many.

        Safe to call at any time: of two processes that make the same one, the first stores it.
        """
        with self._lock:
            enough = [of for of, count in self._without.items() if count >= SAMPLES]
            # Whatever comes of it: the next try is after as many states again.
            for of in enough:
                del self._without[of]
        return sum(self._make(database, *of) for of in enough)

    def _make(self, database: Database, workspace: int, definition: int) -> bool:
        asked = {"workspace": workspace, "definition": definition}
        with database.read() as connection:
            there = connection.execute(_NUMBER, asked).scalar()
            samples = [] if there else self._samples(connection, workspace, asked)
        content = train(samples) if len(samples) == SAMPLES else None
        if content is not None:
            with database.write() as connection:
                connection.execute(_INSERT, asked | {"content": content})
                # Of two that made one at the same moment, the first counts for both.
                there = connection.execute(_NUMBER, asked).scalar()
            _log.info("states have a dictionary", definition=definition, dictionary=there)
        if there is not None:
            self._numbers.keep(definition, there)
        return content is not None

    def _samples(
        self, connection: Connection, workspace: int, asked: Mapping[str, int]
    ) -> list[Sequence[bytes]]:
        """Return state and details of the newest instances of a version."""

        def find(number: int) -> Dictionary | None:
            return self.get(connection, workspace, number)

        found: dict[int, list[bytes]] = {}
        for id, state in connection.execute(_STATES, asked):
            found[id] = [unpack(state or b"", find)[:_LONGEST]]
        for id, detail in connection.execute(_DETAILS, {"ids": sorted(found)}):
            if len(found[id]) <= _MOST_DETAILS:
                found[id].append(unpack(detail or b"", find)[:_LONGEST])
        longest = _LONGEST
        if sum(len(part) for parts in found.values() for part in parts) > _TOGETHER:
            longest = _TOGETHER // sum(map(len, found.values()))
        return [[part[:longest] for part in parts] for parts in found.values()]

    def _is_to_be_asked(self, workspace: int, definition: int) -> bool:
        """Count a state that is written without, and tell whether it is time to look again."""
        of = workspace, definition
        with self._lock:
            before = self._without.get(of, 0)
            self._without[of] = before + 1
            if len(self._without) > _REMEMBERED:
                del self._without[next(iter(self._without))]
        return before % _LOOK_AGAIN == 0


__all__ = ["Dictionaries"]
