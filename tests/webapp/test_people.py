"""People: what is accepted, who is recognised, and when sessions and tokens end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from engine import Engine
from engine.errors import NotFoundError
from engine.storage.migrating import upgrade
from webapp.people import (
    LoginTakenError,
    People,
    PersonRejectedError,
    Role,
    UnknownPersonError,
    checked_zone,
)
from webapp.storage import MIGRATIONS, VERSION_TABLE
from webapp.storage.people import StoredPeople
from webapp.storage.tables import ApiTokenRow, PersonRow

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "correct horse"


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = Engine.in_memory(workspace="acme", clock=FixedClock())
    opened.create_workspace("globex", "Globex")
    with opened.transaction() as uow:
        upgrade(uow.connection, MIGRATIONS, VERSION_TABLE)
    yield opened
    opened.close()


@pytest.fixture
def people(engine: Engine) -> People:
    return People(StoredPeople(engine), CHEAP)


def test_a_person_is_recognised_by_login_in_any_case_and_password(people: People) -> None:
    # given
    people.add("acme", "Ana", PASSWORD, name="Ana Ruiz", roles=["agent"])

    # when
    person = people.recognise(" ANA ", PASSWORD)

    # then
    assert person is not None
    assert (person.login, person.name, person.workspace) == ("ana", "Ana Ruiz", "acme")
    assert person.roles == {Role.AGENT}


@pytest.mark.parametrize(
    ("login", "password"),
    [("ana", "wrong horse"), ("bob", PASSWORD), ("", ""), ("ana", "x" * 5000)],
)
def test_a_wrong_pair_is_nobody(people: People, login: str, password: str) -> None:
    # given
    people.add("acme", "ana", PASSWORD, roles=["agent"])

    # when / then
    assert people.recognise(login, password) is None


def test_an_unknown_login_costs_a_verification_too(engine: Engine) -> None:
    # given
    class Counting(PasswordHasher):
        verified = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
            type(self).verified += 1
            return super().verify(hash, password)

    people = People(StoredPeople(engine), Counting(1, 8, 1))

    # when
    people.recognise("nobody", PASSWORD)

    # then
    assert Counting.verified == 1


def test_only_a_hash_of_the_password_is_stored(people: People, engine: Engine) -> None:
    # when
    people.add("acme", "ana", PASSWORD, roles=["agent"])

    # then
    with engine.reading() as view:
        stored = view.connection.scalar(select(PersonRow.password_hash))
    assert stored is not None and stored.startswith("$argon2id$")


def test_a_hash_of_older_costs_is_renewed_at_the_next_login(people: People, engine: Engine) -> None:
    # given
    people.add("acme", "ana", PASSWORD, roles=["agent"])
    dearer = People(StoredPeople(engine), PasswordHasher(2, 16, 1))

    # when
    dearer.recognise("ana", PASSWORD)

    # then
    with engine.reading() as view:
        stored = view.connection.scalar(select(PersonRow.password_hash))
    assert stored is not None and "m=16,t=2" in stored
    assert dearer.recognise("ana", PASSWORD) is not None


def test_a_login_is_unique_in_the_installation(people: People) -> None:
    # given
    people.add("acme", "ana", PASSWORD, roles=["agent"])

    # when / then
    with pytest.raises(LoginTakenError, match="Choose another one"):
        people.add("globex", "ANA", PASSWORD, roles=["agent"])


def test_a_person_needs_a_workspace_that_exists(people: People) -> None:
    with pytest.raises(NotFoundError):
        people.add("initech", "ana", PASSWORD, roles=["agent"])


@pytest.mark.parametrize("login", ["", "ana ruiz", "ána", "-ana", "a" * 65, "ana\n", "<b>"])
def test_a_login_that_could_confuse_is_refused(people: People, login: str) -> None:
    if login == "ana\n":  # white space around a login is a slip, not a login
        assert people.add("acme", login, PASSWORD, roles=["agent"]).login == "ana"
        return
    with pytest.raises(PersonRejectedError, match="cannot be a login"):
        people.add("acme", login, PASSWORD, roles=["agent"])


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_a_password_too_short_or_too_long_is_refused(people: People, password: str) -> None:
    with pytest.raises(PersonRejectedError, match="use at"):
        people.add("acme", "ana", password, roles=["agent"])


@pytest.mark.parametrize("roles", [[], ["agent", "king"]])
def test_no_role_or_an_unknown_one_is_refused(people: People, roles: list[str]) -> None:
    with pytest.raises(PersonRejectedError, match="agent, designer, manager, operator"):
        people.add("acme", "ana", PASSWORD, roles=roles)


def test_an_operator_may_everything_and_others_what_their_roles_say(people: People) -> None:
    # given
    agent = people.add("acme", "ana", PASSWORD, roles=["agent"])
    operator = people.add("acme", "oli", PASSWORD, roles=["operator"])

    # then
    assert agent.may("agent", "manager") and not agent.may("manager")
    assert operator.may("agent") and operator.may(Role.DESIGNER)


def test_a_session_names_its_person(people: People) -> None:
    # given
    ana = people.add("acme", "ana", PASSWORD, roles=["agent"])

    # then
    assert people.of_session(ana.get_id()) == ana


@pytest.mark.parametrize("session", ["", "1", "x.0", "1.1", "99.0", "1.0.0", "²."])
def test_a_session_that_we_did_not_write_is_nobody(people: People, session: str) -> None:
    # given
    people.add("acme", "ana", PASSWORD, roles=["agent"])

    # then
    assert people.of_session(session) is None


def test_a_new_password_ends_older_sessions(people: People) -> None:
    # given
    session = people.add("acme", "ana", PASSWORD, roles=["agent"]).get_id()

    # when
    people.change("acme", "ana", password="another horse")

    # then
    assert people.of_session(session) is None
    assert people.recognise("ana", "another horse") is not None
    assert people.recognise("ana", PASSWORD) is None


def test_a_disabled_person_loses_sessions_tokens_and_login_at_once(people: People) -> None:
    # given
    session = people.add("acme", "ana", PASSWORD, roles=["agent"]).get_id()
    token = people.new_token("ana", "robot")

    # when
    people.change("acme", "ana", active=False)

    # then
    assert people.of_session(session) is None
    assert people.of_token(token) is None
    assert people.recognise("ana", PASSWORD) is None
    assert [person.login for person in people.of_workspace("acme")] == ["ana"]


def test_given_a_disabled_person_when_enabled_again_then_the_old_sessions_stay_ended(
    people: People,
) -> None:
    # given
    session = people.add("acme", "ana", PASSWORD, roles=["agent"]).get_id()
    people.change("acme", "ana", active=False)

    # when
    people.change("acme", "ana", active=True)

    # then
    assert people.recognise("ana", PASSWORD) is not None
    assert people.of_session(session) is None


def test_roles_and_zone_change_and_the_rest_stays(people: People) -> None:
    # given
    session = people.add("acme", "ana", PASSWORD, name="Ana", roles=["agent"]).get_id()

    # when
    people.change("acme", "ana", roles=["manager", "agent"], zone="Europe/Madrid")

    # then
    ana = people.by_login("ana")
    assert (ana.roles, ana.zone, ana.name) == ({Role.MANAGER, Role.AGENT}, "Europe/Madrid", "Ana")
    assert people.of_session(session) == ana


def test_people_of_another_workspace_cannot_be_changed_or_seen(people: People) -> None:
    # given
    people.add("acme", "ana", PASSWORD, roles=["agent"])

    # when / then
    with pytest.raises(UnknownPersonError):
        people.change("globex", "ana", roles=["operator"])
    assert people.of_workspace("globex") == []


def test_an_api_token_names_its_person_and_only_its_digest_is_stored(
    people: People, engine: Engine
) -> None:
    # given
    ana = people.add("acme", "ana", PASSWORD, roles=["agent"])

    # when
    token = people.new_token("ana", "robot")

    # then
    assert people.of_token(token) == ana
    assert token.startswith("corral_")
    with engine.reading() as view:
        row = view.connection.execute(select(ApiTokenRow.__table__)).one()
    assert token not in map(str, row)
    assert (row.label, row.created_at) == ("robot", FixedClock().now())


@pytest.mark.parametrize("token", ["", "corral_", "corral_wrong", "x"])
def test_a_token_that_we_did_not_make_is_nobody(people: People, token: str) -> None:
    assert people.of_token(token) is None


def test_a_token_for_nobody_is_refused(people: People) -> None:
    with pytest.raises(UnknownPersonError, match="Check the spelling"):
        people.new_token("ghost", "robot")


@pytest.mark.parametrize("zone", ["Mars/Base", "../etc/passwd", "x" * 300, "Europe"])
def test_a_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(PersonRejectedError, match="Europe/Madrid"):
        checked_zone(zone)
