"""The storage of people keeps its contract on every database, and migrates to what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine import Engine
from engine.errors import NotFoundError
from engine.storage.migrating import upgrade
from webapp.people import LoginTakenError, Person, Role
from webapp.storage import MIGRATIONS, VERSION_TABLE
from webapp.storage.people import StoredPeople
from webapp.storage.tables import metadata

ANA = Person(0, "acme", "ana", "Ana Ruíz 🐎", frozenset({Role.AGENT, Role.MANAGER}))


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    opened = Engine.open(url, workspace="acme")
    with opened.transaction() as uow:
        upgrade(uow.connection, MIGRATIONS, VERSION_TABLE)
    yield opened
    opened.close()


@pytest.fixture
def people(engine: Engine) -> StoredPeople:
    return StoredPeople(engine)


def test_the_migrations_make_exactly_the_tables_that_the_code_describes(engine: Engine) -> None:
    # given
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    # when
    with engine.reading() as view:
        context = MigrationContext.configure(
            view.connection, opts={"include_name": ours, "compare_type": True}
        )
        differences = compare_metadata(context, metadata)

    # then
    assert differences == []


def test_migrating_again_changes_nothing(engine: Engine, people: StoredPeople) -> None:
    # given
    stored = people.insert(ANA, "hash")

    # when
    with engine.transaction() as uow:
        upgrade(uow.connection, MIGRATIONS, VERSION_TABLE)

    # then
    assert people.by_id(stored.id) == stored


def test_a_person_comes_back_as_stored(people: StoredPeople) -> None:
    # when
    stored = people.insert(ANA, "hash")

    # then
    assert stored == replace(ANA, id=stored.id)
    assert people.by_login("ana") == (stored, "hash")
    assert people.by_id(stored.id) == stored
    assert people.of_workspace("acme") == [stored]


def test_a_login_that_is_taken_is_refused_and_the_first_person_stays(people: StoredPeople) -> None:
    # given
    stored = people.insert(ANA, "hash")

    # when
    with pytest.raises(LoginTakenError):
        people.insert(replace(ANA, name="Another"), "other")

    # then
    assert people.by_login("ana") == (stored, "hash")


def test_a_workspace_that_is_not_there_is_refused(people: StoredPeople) -> None:
    with pytest.raises(NotFoundError):
        people.insert(replace(ANA, workspace="initech"), "hash")


def test_a_change_keeps_the_hash_unless_one_is_given(people: StoredPeople) -> None:
    # given
    stored = people.insert(ANA, "hash")
    disabled = replace(stored, active=False, epoch=1, zone="Europe/Madrid")

    # when
    people.update(disabled)
    kept = people.by_login("ana")
    people.update(disabled, "new")

    # then
    assert kept == (disabled, "hash")
    assert people.by_login("ana") == (disabled, "new")


def test_a_token_leads_to_its_person_and_an_unknown_one_to_nobody(people: StoredPeople) -> None:
    # given
    stored = people.insert(ANA, "hash")
    people.insert_token(stored.id, "robot", "d" * 64)

    # then
    assert people.by_token("d" * 64) == stored
    assert people.by_token("e" * 64) is None


def test_who_is_not_there_is_nobody(people: StoredPeople) -> None:
    assert people.by_login("ghost") is None
    assert people.by_id(2**40) is None
    assert people.of_workspace("initech") == []
