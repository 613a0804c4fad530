"""The catalogue that the runner asks: files of definitions in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, or_, select

from engine.catalogue import LATEST, StoredDecision, StoredProcess, Which
from engine.definitions import DefinitionKind, Source
from engine.errors import NotFoundError
from engine.packing import Dictionary
from engine.recent import Recent
from engine.storage.dictionaries import Dictionaries
from engine.storage.ready import Ready
from engine.storage.tables import DefinitionRow, ResourceRow

#: Key, file name, content and version.
_File = tuple[str, str, bytes, int]


#: Files by (workspace id, definition id). Those of a version never change.
Files = Recent[tuple[int, int], _File]


class SqlCatalogue:
    """The definitions of one workspace as the runner asks for them, remembered while it runs."""

    def __init__(
        self,
        connection: Connection,
        workspace_id: int,
        files: Files,
        dictionaries: Dictionaries,
    ) -> None:
        """Work on an open transaction; ``files`` and ``dictionaries`` outlive it."""
        self._connection = connection
        self._workspace = workspace_id
        self._files = files
        self._dictionaries = dictionaries
        self._chosen: dict[tuple[DefinitionKind, str, Which], int | None] = {}

    def process(self, definition_id: int) -> StoredProcess:
        """Return one version. Raises :class:`~engine.errors.NotFoundError`."""
        return StoredProcess(definition_id, *self._file(definition_id))

    def called_process(self, key: str, which: Which = LATEST) -> StoredProcess | None:
        """Return the version a call activity uses now, or None."""
        id = self._choose(DefinitionKind.PROCESS, key, which)
        return None if id is None else self.process(id)

    def asked_decision(self, key: str, which: Which = LATEST) -> StoredDecision | None:
        """Return the version a business rule task uses now, or None."""
        id = self._choose(DefinitionKind.DECISION, key, which)
        return None if id is None else StoredDecision(id, *self._file(id))

    def decisions_beside(self, definition_id: int) -> list[Source]:
        """Return the files of decisions that were deployed together with a decision."""
        own = self._deployment_of(definition_id)
        held = select(DefinitionRow.resource_id).where(
            DefinitionRow.deployment_id == own, DefinitionRow.kind == DefinitionKind.DECISION
        )
        rows = self._connection.execute(
            select(ResourceRow.name, ResourceRow.content)
            .where(
                ResourceRow.workspace_id == self._workspace,
                ResourceRow.deployment_id == own,
                # A file may hold nothing but types and knowledge models.
                or_(ResourceRow.name.ilike("%.dmn"), ResourceRow.id.in_(held)),
            )
            .order_by(ResourceRow.id)
        )
        return [Source(row.name, bytes(row.content)) for row in rows]

    def dictionary(self, number: int) -> Dictionary | None:
        """Return the dictionary that states name by ``number``; None where it is not there."""
        return self._dictionaries.get(self._connection, self._workspace, number)

    def dictionary_of(self, definition_id: int) -> Dictionary | None:
        """Return what states of a version are to be packed with; None where nothing is yet."""
        return self._dictionaries.of(self._connection, self._workspace, definition_id)

    def _deployment_of(self, definition_id: int) -> Any:
        return (
            select(DefinitionRow.deployment_id)
            .where(DefinitionRow.workspace_id == self._workspace, DefinitionRow.id == definition_id)
            .scalar_subquery()
        )

    def _choose(self, kind: DefinitionKind, key: str, which: Which) -> int | None:
        """Return the newest that can run among those that are meant."""
        at = kind, key, which
        if at not in self._chosen:
            asked = {"workspace": self._workspace, "called": key}
            if which == LATEST:
                found = _READY[kind].scalar(self._connection, asked)
            else:
                narrowed = _LATEST[kind].where(*self._narrowed(which))
                found = self._connection.execute(narrowed, asked).scalar_one_or_none()
            self._chosen[at] = found
        return self._chosen[at]

    def _narrowed(self, which: Which) -> list[Any]:
        conditions: list[Any] = []
        if which.beside is not None:
            conditions.append(DefinitionRow.deployment_id == self._deployment_of(which.beside))
        if which.version is not None:
            conditions.append(DefinitionRow.version == which.version)
        if which.tag is not None:
            conditions.append(DefinitionRow.version_tag == which.tag)
        return conditions

    def _file(self, definition_id: int) -> _File:
        return self._files.get_or_make(
            (self._workspace, definition_id), lambda: self._read(definition_id)
        )

    def _read(self, definition_id: int) -> _File:
        row = self._connection.execute(
            select(DefinitionRow.key, ResourceRow.name, ResourceRow.content, DefinitionRow.version)
            .join(ResourceRow, ResourceRow.id == DefinitionRow.resource_id)
            .where(DefinitionRow.workspace_id == self._workspace, DefinitionRow.id == definition_id)
        ).first()
        if row is None:
            raise NotFoundError("process definition", definition_id)
        return row.key, row.name, bytes(row.content), row.version


def is_called(kind: DefinitionKind, key: Any) -> Any:
    """Return the condition that a definition is meant by ``key``: decisions also by their name."""
    if kind is not DefinitionKind.DECISION:
        return DefinitionRow.key == key
    return or_(DefinitionRow.key == key, DefinitionRow.name == key)


def _latest(kind: DefinitionKind) -> Select[Any]:
    """Return the statement for the newest that can run among those that are called so."""
    called = bindparam("called", type_=String())
    return (
        select(DefinitionRow.id)
        .where(
            DefinitionRow.workspace_id == bindparam("workspace"),
            DefinitionRow.kind == kind,
            is_called(kind, called),
            DefinitionRow.startable,
        )
        # One that has it as its key goes before one that has it as its name.
        .order_by((DefinitionRow.key == called).desc(), DefinitionRow.id.desc())
        .limit(1)
    )


#: Asked whenever a process calls something: built once.
_LATEST = {kind: _latest(kind) for kind in DefinitionKind}
_READY = {kind: Ready(statement) for kind, statement in _LATEST.items()}


__all__ = ["Files", "SqlCatalogue", "is_called"]
