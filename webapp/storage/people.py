"""Reads and writes people; implements :class:`webapp.people.PersonRows`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine import Engine
from engine.errors import NotFoundError
from engine.storage.ready import Ready
from engine.storage.tables import WorkspaceRow
from webapp.people import LoginTakenError, Person, Role
from webapp.storage.tables import ApiTokenRow, PersonRow

_PEOPLE = select(PersonRow.__table__, WorkspaceRow.key.label("workspace")).join_from(
    PersonRow, WorkspaceRow
)
# Asked with every request: built once, for putting it together costs more than asking it.
_BY_ID = Ready(_PEOPLE.where(PersonRow.id == bindparam("person")))
_BY_TOKEN = Ready(_PEOPLE.join(ApiTokenRow).where(ApiTokenRow.digest == bindparam("token_digest")))


class StoredPeople:
    """The people of one installation, of all its workspaces."""

    def __init__(self, engine: Engine) -> None:
        """Share the engine's database; our tables must have been migrated."""
        self._engine = engine

    def insert(self, person: Person, password_hash: str) -> Person:
        """Store a new person and return them with their id.

        Raises:
            LoginTakenError: somebody of any workspace has the login.
            NotFoundError: there is no such workspace.
        """
        values = _values(person) | {"login": person.login, "password_hash": password_hash}
        try:
            with self._engine.transaction() as uow:
                workspace = uow.connection.scalar(
                    select(WorkspaceRow.id).where(WorkspaceRow.key == person.workspace)
                )
                if workspace is None:
                    raise NotFoundError("workspace", person.workspace)
                made = uow.connection.scalar(
                    insert(PersonRow)
                    .values(workspace_id=workspace, **values)
                    .returning(PersonRow.id)
                )
        except IntegrityError:
            raise LoginTakenError(person.login) from None
        assert made is not None  # noqa: S101  (RETURNING of a stored row)
        return replace(person, id=made)

    def by_login(self, login: str) -> tuple[Person, str] | None:
        """Return a person of any workspace and their password hash."""
        with self._engine.reading() as view:
            row = view.connection.execute(_PEOPLE.where(PersonRow.login == login)).first()
        return None if row is None else (_person(row), row.password_hash)

    def by_id(self, person_id: int) -> Person | None:
        """Return a person of any workspace."""
        with self._engine.reading() as view:
            row = _BY_ID.first(view.connection, {"person": person_id})
        return None if row is None else _person(row)

    def of_workspace(self, workspace: str) -> list[Person]:
        """Return the people of one workspace, by login."""
        wanted = _PEOPLE.where(WorkspaceRow.key == workspace).order_by(PersonRow.login)
        with self._engine.reading() as view:
            return [_person(row) for row in view.connection.execute(wanted)]

    def update(self, person: Person, password_hash: str | None = None) -> None:
        """Write every field of ``person``, and the hash when one is given."""
        values = _values(person)
        if password_hash is not None:
            values["password_hash"] = password_hash
        with self._engine.transaction() as uow:
            uow.connection.execute(
                update(PersonRow).where(PersonRow.id == person.id).values(**values)
            )

    def insert_token(self, person_id: int, label: str, digest: str) -> None:
        """Store the digest of a new API token."""
        values = {
            "person_id": person_id,
            "label": label,
            "digest": digest,
            "created_at": self._engine.clock.now(),
        }
        with self._engine.transaction() as uow:
            uow.connection.execute(insert(ApiTokenRow).values(**values))

    def by_token(self, digest: str) -> Person | None:
        """Return whose token has this digest."""
        with self._engine.reading() as view:
            row = _BY_TOKEN.first(view.connection, {"token_digest": digest})
        return None if row is None else _person(row)


def _values(person: Person) -> dict[str, Any]:
    """Return the columns that can change."""
    return {
        "name": person.name,
        "roles": ",".join(sorted(person.roles)),
        "active": person.active,
        "zone": person.zone,
        "locale": person.locale,
        "epoch": person.epoch,
    }


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        workspace=row.workspace,
        login=row.login,
        name=row.name,
        roles=frozenset(map(Role, row.roles.split(","))),
        active=row.active,
        zone=row.zone,
        locale=row.locale,
        epoch=row.epoch,
    )
