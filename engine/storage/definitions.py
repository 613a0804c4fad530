"""Deployments, definitions and forms in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from engine.definitions import (
    Definition,
    DefinitionDraft,
    DefinitionKind,
    ElementInfo,
    FileReport,
    Form,
    Problem,
    Source,
)
from engine.errors import NotFoundError
from engine.recent import Recent
from engine.records import Starter
from engine.storage.catalogue import is_called
from engine.storage.starts import SqlStarts
from engine.storage.tables import (
    DefinitionRow,
    DeploymentRow,
    FormRow,
    MessageStartRow,
    ResourceRow,
)

_COLUMNS = (
    DefinitionRow.id,
    DefinitionRow.key,
    DefinitionRow.version,
    DefinitionRow.name,
    DefinitionRow.kind,
    DefinitionRow.deployment_id,
    ResourceRow.name.label("resource"),
    DefinitionRow.startable,
    DeploymentRow.deployed_at,
    DefinitionRow.elements,
    DefinitionRow.version_tag,
)
_OWN = (
    FormRow.deployment_id
    == select(DefinitionRow.deployment_id)
    .where(DefinitionRow.id == bindparam("definition"))
    .scalar_subquery()
)
#: Asked with every look at a user task: built once.
_FORM = (
    select(FormRow.form, _OWN.label("own"))
    .where(FormRow.workspace_id == bindparam("workspace"), FormRow.key == bindparam("form"))
    .order_by(_OWN.desc(), FormRow.id.desc())
    .limit(1)
)
#: Forms by (workspace id, key, definition id), of those that were deployed with the definition.
Forms = Recent[tuple[int, str, int], Form]


class SqlDefinitions:
    """The definitions of one workspace."""

    def __init__(
        self, connection: Connection, workspace_id: int, starts: SqlStarts, forms: Forms
    ) -> None:
        """Work on an open transaction; ``starts`` are of the same one, ``forms`` outlive it."""
        self._connection = connection
        self._workspace = workspace_id
        self._starts = starts
        self._forms = forms

    def same(self, digest: str) -> int | None:
        """Return the deployment of the same files, if all it holds is still the newest."""
        row = self._connection.execute(
            select(DeploymentRow.id)
            .where(DeploymentRow.workspace_id == self._workspace, DeploymentRow.digest == digest)
            .order_by(DeploymentRow.id.desc())
            .limit(1)
        ).first()
        if row is None:
            return None
        newest = self._newest().subquery()
        held = select(DefinitionRow.id).where(DefinitionRow.deployment_id == row.id)
        superseded = self._connection.execute(
            held.where(DefinitionRow.id.not_in(select(newest.c.id))).limit(1)
        ).first()
        younger_form = self._connection.execute(
            select(FormRow.id).where(
                FormRow.workspace_id == self._workspace,
                FormRow.deployment_id > row.id,
                FormRow.key.in_(select(FormRow.key).where(FormRow.deployment_id == row.id)),
            )
        ).first()
        return None if superseded or younger_form else int(row.id)

    def insert(
        self,
        sources: Sequence[Source],
        reports: Sequence[FileReport],
        forms: Sequence[Form],
        *,
        digest: str,
        at: datetime,
        by: str | None,
    ) -> int:
        """Store a deployment, number its versions, and return its id."""
        values = {"workspace_id": self._workspace, "digest": digest, "deployed_at": at, "by": by}
        deployment = self._one(insert(DeploymentRow).values(values).returning(DeploymentRow.id))
        found = {report.file: report for report in reports}
        for source in sources:
            report = found.get(source.name) or FileReport(source.name, (), ())
            self._insert_file(deployment, source, report, at)
        if forms:
            self._connection.execute(
                insert(FormRow),
                [
                    {
                        "workspace_id": self._workspace,
                        "deployment_id": deployment,
                        "key": form.key,
                        "schema": dict(form.schema),
                    }
                    for form in forms
                ],
            )
        return deployment

    def deployment(self, id: int) -> tuple[datetime, str | None, tuple[Definition, ...]]:
        """Return when, by whom and what. Raises ``NotFoundError``."""
        row = self._connection.execute(
            select(DeploymentRow.deployed_at, DeploymentRow.by).where(
                DeploymentRow.workspace_id == self._workspace, DeploymentRow.id == id
            )
        ).first()
        if row is None:
            raise NotFoundError("deployment", id)
        found = self._read(DefinitionRow.deployment_id == id)
        return row.deployed_at, row.by, tuple(found)

    def found_in(self, deployment_id: int) -> dict[str, tuple[Problem, ...]]:
        """Return the problems of each file of a deployment, by its name."""
        rows = self._connection.execute(
            select(ResourceRow.name, ResourceRow.problems)
            .where(
                ResourceRow.workspace_id == self._workspace,
                ResourceRow.deployment_id == deployment_id,
            )
            .order_by(ResourceRow.id)
        )
        return {row.name: msgspec.convert(row.problems, tuple[Problem, ...]) for row in rows}

    def find(self, kind: DefinitionKind, key: str | None) -> list[Definition]:
        """Return the latest of each key, or all versions of one key, newest first."""
        if key is not None:
            found = self._read(DefinitionRow.kind == kind, DefinitionRow.key == key)
            return sorted(found, key=lambda d: -d.version)
        newest = self._newest().subquery()
        found = self._read(DefinitionRow.kind == kind, DefinitionRow.id.in_(select(newest.c.id)))
        return sorted(found, key=lambda d: d.key)

    def get(self, id: int) -> Definition:
        """Return one version. Raises ``NotFoundError``."""
        found = self._read(DefinitionRow.id == id)
        if not found:
            raise NotFoundError("process definition", id)
        return found[0]

    def resource(self, id: int) -> tuple[bytes, tuple[Problem, ...]]:
        """Return the file of a definition and its problems. Raises ``NotFoundError``."""
        row = self._connection.execute(
            select(ResourceRow.content, ResourceRow.problems)
            .join(DefinitionRow, DefinitionRow.resource_id == ResourceRow.id)
            .where(DefinitionRow.workspace_id == self._workspace, DefinitionRow.id == id)
        ).first()
        if row is None:
            raise NotFoundError("process definition", id)
        return bytes(row.content), msgspec.convert(row.problems, tuple[Problem, ...])

    def publish(
        self, id: int, draft: DefinitionDraft, problems: Sequence[Problem], *, at: datetime
    ) -> None:
        """Let new instances use a version that was a draft; ``problems`` are those it has now."""
        mine = DefinitionRow.workspace_id == self._workspace, DefinitionRow.id == id
        resource = select(DefinitionRow.resource_id).where(*mine).scalar_subquery()
        self._connection.execute(
            update(DefinitionRow).where(*mine).values(startable=True, none_start=draft.none_start)
        )
        self._connection.execute(
            update(ResourceRow)
            .where(ResourceRow.id == resource)
            .values(problems=msgspec.to_builtins(problems))
        )
        self._starts.replace(id, draft, now=at)

    def startable(self, key: str) -> tuple[Definition, bool] | None:
        """Return the newest startable version, and whether it has a plain start event."""
        row = self._connection.execute(
            self._processes(DefinitionRow.id, DefinitionRow.none_start)
            .where(DefinitionRow.key == key, DefinitionRow.startable)
            .order_by(DefinitionRow.version.desc())
            .limit(1)
        ).first()
        return None if row is None else (self.get(row.id), bool(row.none_start))

    def starters(self, messages: Iterable[str]) -> dict[str, Starter]:
        """Return, for each message name, what it starts; the newest deployment wins."""
        rows = self._connection.execute(
            select(
                MessageStartRow.definition_id,
                MessageStartRow.definition_key,
                MessageStartRow.message,
                MessageStartRow.element,
            )
            .where(
                MessageStartRow.workspace_id == self._workspace,
                MessageStartRow.message.in_(sorted(set(messages))),
            )
            .order_by(MessageStartRow.definition_id, MessageStartRow.id.desc())
        )
        return {row.message: Starter(*row) for row in rows}

    def form(self, key: str, definition_id: int) -> Form | None:
        """Return the form deployed with the definition, else the newest of that key."""
        at = self._workspace, key, definition_id
        if (kept := self._forms.get(at)) is not None:
            return kept
        asked = {"workspace": self._workspace, "form": key, "definition": definition_id}
        row = self._connection.execute(_FORM, asked).first()
        if row is None:
            return None
        form = Form(key, row[0])
        # One of another deployment may be superseded; and what SQLite rolls back, it numbers again.
        if row.own and self._connection.dialect.name == "postgresql":
            self._forms.keep(at, form)
        return form

    def knows(self, kind: str, key: str) -> bool:
        """Tell whether a ``process``, ``decision`` or ``form`` of that key is deployed."""
        if kind == "form":
            question = select(FormRow.id).where(
                FormRow.workspace_id == self._workspace, FormRow.key == key
            )
        else:
            question = select(DefinitionRow.id).where(
                DefinitionRow.workspace_id == self._workspace,
                DefinitionRow.kind == kind,
                is_called(DefinitionKind(kind), key),
            )
        return self._connection.execute(question.limit(1)).first() is not None

    def _insert_file(
        self, deployment: int, source: Source, report: FileReport, at: datetime
    ) -> None:
        values = {
            "workspace_id": self._workspace,
            "deployment_id": deployment,
            "name": source.name,
            "content": source.content,
            "problems": msgspec.to_builtins(report.problems),
        }
        resource = self._one(insert(ResourceRow).values(values).returning(ResourceRow.id))
        for draft in report.definitions:
            self._insert_definition(deployment, resource, draft, at)

    def _insert_definition(
        self, deployment: int, resource: int, draft: DefinitionDraft, at: datetime
    ) -> None:
        last = self._connection.execute(
            select(func.max(DefinitionRow.version)).where(
                DefinitionRow.workspace_id == self._workspace,
                DefinitionRow.kind == draft.kind,
                DefinitionRow.key == draft.key,
            )
        ).scalar_one()
        values = {
            "workspace_id": self._workspace,
            "deployment_id": deployment,
            "resource_id": resource,
            "kind": draft.kind.value,
            "key": draft.key,
            "version": (last or 0) + 1,
            "name": draft.name,
            "startable": draft.startable,
            "none_start": draft.none_start,
            "elements": [_element(each) for each in draft.elements],
            "version_tag": draft.version_tag,
        }
        id = self._one(insert(DefinitionRow).values(values).returning(DefinitionRow.id))
        # A draft shows what is missing; mentions go on starting the version before it.
        if draft.startable and draft.kind is DefinitionKind.PROCESS:
            self._starts.replace(id, draft, now=at)

    def _newest(self) -> Any:
        return (
            select(func.max(DefinitionRow.id).label("id"))
            .where(DefinitionRow.workspace_id == self._workspace)
            .group_by(DefinitionRow.kind, DefinitionRow.key)
        )

    def _processes(self, *columns: Any) -> Any:
        return select(*columns).where(
            DefinitionRow.workspace_id == self._workspace,
            DefinitionRow.kind == DefinitionKind.PROCESS,
        )

    def _read(self, *conditions: Any) -> list[Definition]:
        rows = self._connection.execute(
            select(*_COLUMNS)
            .join(ResourceRow, ResourceRow.id == DefinitionRow.resource_id)
            .join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
            .where(DefinitionRow.workspace_id == self._workspace, *conditions)
            .order_by(DefinitionRow.id)
        )
        return [_definition(row) for row in rows]

    def _one(self, statement: Any) -> int:
        return int(self._connection.execute(statement).scalar_one())


def _definition(row: Row[Any]) -> Definition:
    values = dict(row._mapping)
    values["kind"] = DefinitionKind(values["kind"])
    values["elements"] = tuple(ElementInfo(**each) for each in values["elements"])
    return Definition(**values)


def _element(info: ElementInfo) -> dict[str, Any]:
    """Return an element as it is stored; most ask no decision, and then the name is left out."""
    found: dict[str, Any] = msgspec.to_builtins(info)
    return {name: value for name, value in found.items() if name != "asks" or value is not None}
