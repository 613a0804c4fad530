"""The demo: seeded once, never beside real people, and shut when it is over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from engine import Engine
from webapp.bootstrap import Installation, wire
from webapp.data_dir import DataDirectoryError
from webapp.seeding import DEMO_PASSWORD, DEMO_PEOPLE, DEMO_PROCESS, close_demo, seed
from webapp.settings import Settings


@pytest.fixture
def fresh() -> Iterator[Installation]:
    """An installation nobody has used."""
    engine = Engine.in_memory()
    yield wire(engine, Settings(), hasher=PasswordHasher(1, 8, 1))
    engine.close()


def test_seeding_twice_makes_one_demo(fresh: Installation) -> None:
    # when
    seed(fresh)
    seed(fresh)

    # then
    people = fresh.rooms.people.of_workspace("default")
    assert [person.login for person in people] == [person.login for person in DEMO_PEOPLE]
    assert [d.version for d in fresh.engine.definitions(key=DEMO_PROCESS)] == [1]
    assert len(fresh.services().conversations.accounts()) == 1


def test_the_demo_has_one_person_for_each_role(fresh: Installation) -> None:
    # when
    seed(fresh)

    # then
    for person in DEMO_PEOPLE:
        found = fresh.rooms.people.recognise(person.login, DEMO_PASSWORD)
        assert found is not None and found.roles == {person.role}
    assert len({person.role for person in DEMO_PEOPLE}) == 4


def test_an_installation_with_people_of_its_own_never_becomes_a_demo(fresh: Installation) -> None:
    # given
    fresh.rooms.people.add("default", "grace", "correct horse", roles=["operator"])

    # when
    with pytest.raises(DataDirectoryError, match="in use by grace"):
        seed(fresh)

    # then
    assert [person.login for person in fresh.rooms.people.of_workspace("default")] == ["grace"]


def test_people_may_be_added_to_a_demo_until_it_is_closed(fresh: Installation) -> None:
    # given a visitor who tries to add a person, and starts the demo again
    seed(fresh)
    people = fresh.rooms.people
    people.add("default", "grace", "correct horse", roles=["agent"])

    # when
    seed(fresh)

    # then it goes on; once it was closed, it is an installation of grace
    assert people.recognise("ana", DEMO_PASSWORD) is not None
    close_demo(people, "default")
    with pytest.raises(DataDirectoryError, match="in use by grace"):
        seed(fresh)


def test_after_the_demo_its_logins_are_shut_and_a_later_demo_opens_them(
    fresh: Installation,
) -> None:
    # given
    people = fresh.rooms.people
    seed(fresh)

    # when
    shut = close_demo(people, "default")

    # then
    assert shut == [person.login for person in DEMO_PEOPLE]
    assert people.recognise("oli", DEMO_PASSWORD) is None
    seed(fresh)
    assert people.recognise("oli", DEMO_PASSWORD) is not None


def test_a_demo_person_with_a_password_of_their_own_stays(fresh: Installation) -> None:
    # given
    people = fresh.rooms.people
    seed(fresh)
    people.change("default", "oli", password="correct horse")

    # when
    shut = close_demo(people, "default")

    # then
    assert "oli" not in shut
    assert people.recognise("oli", "correct horse") is not None
