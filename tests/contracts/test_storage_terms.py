"""Texts of diagrams are kept once, with a number, whoever writes them and whatever is undone."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from engine import Engine
from engine.definitions import Source
from engine.messages import Correlated
from engine.storage import SqlStorage
from engine.storage.terms import Remembered, Terms
from engine.workspaces import Workspace
from tests.waiting import until

CASE = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs">
  <process id="case" isExecutable="true"><startEvent id="s"/><endEvent id="e"/>
  <intermediateCatchEvent id="later" name="NAME"><timerEventDefinition>
  <timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <sequenceFlow id="f1" sourceRef="s" targetRef="later"/>
  <sequenceFlow id="f2" sourceRef="later" targetRef="e"/></process></definitions>"""


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    with closing(SqlStorage(url)) as opened:
        yield opened


@pytest.fixture
def workspace(storage: SqlStorage) -> Workspace:
    return storage.create_workspace("acme", "Acme", "UTC")


def test_a_text_has_one_number_for_ever(storage: SqlStorage, workspace: Workspace) -> None:
    # given
    with storage.write(workspace) as tx:
        first = Terms(tx.connection, Remembered(9)).numbers(["ask", "Ask the customer"])

    # when: another process asks, which knows nothing yet
    with storage.write(workspace) as tx:
        second = Terms(tx.connection, Remembered(9)).numbers(["remind", "ask"])

    # then
    assert second["ask"] == first["ask"]
    assert len({*first.values(), *second.values()}) == 3


def test_looking_gives_no_number(storage: SqlStorage, workspace: Workspace) -> None:
    # when
    with storage.read(workspace) as tx:
        found = Terms(tx.connection, Remembered(9)).known(["never.heard"])

    # then
    assert found == {}


def test_given_a_transaction_that_was_rolled_back_then_its_numbers_are_forgotten(
    storage: SqlStorage, workspace: Workspace
) -> None:
    # given
    remembered = Remembered(9)
    with pytest.raises(RuntimeError, match="no more"), storage.write(workspace) as tx:
        terms = Terms(tx.connection, remembered)
        assert terms.numbers(["ask"]) == terms.numbers(["ask"])
        raise RuntimeError("no more")

    # when
    with storage.write(workspace) as tx:
        Terms(tx.connection, remembered).numbers(["remind"])
        number = Terms(tx.connection, remembered).numbers(["ask"])["ask"]

    # then
    with storage.read(workspace) as tx:
        assert Terms(tx.connection, Remembered(9)).known(["ask"]) == {"ask": number}


@pytest.mark.postgres
def test_two_that_add_the_same_texts_do_not_wait_for_each_other(postgres_url: str) -> None:
    with closing(SqlStorage(postgres_url)) as storage:
        workspace = storage.create_workspace("acme", "Acme", "UTC")
        found: list[dict[str, int]] = []

        def other() -> None:
            with storage.write(workspace) as tx:
                found.append(Terms(tx.connection, Remembered(9)).numbers(["b", "a"]))

        def waits() -> bool:
            with storage.read(workspace) as tx:
                query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                return bool(tx.connection.exec_driver_sql(query).scalar_one())

        # given: one has added them, and the other, which names them in another order, waits
        with storage.write(workspace) as tx:
            mine = Terms(tx.connection, Remembered(9)).numbers(["a", "b"])
            thread = threading.Thread(target=other)
            thread.start()
            until(waits)

        # when
        thread.join()

        # then
        assert found == [mine]


def test_what_nobody_ever_waited_for_finds_nobody(url: str) -> None:
    # given
    with closing(Engine.open(url)) as engine:
        # when
        sent = engine.correlate("never.heard", "conversation:1")
        heard = engine.signal("never.heard")

        # then
        assert sent.outcome is Correlated.BUFFERED
        assert not heard


def test_a_name_longer_than_any_index_takes_is_cut(url: str) -> None:
    # given: what no compression makes short
    name = "".join(random.Random(7).choices(string.ascii_letters, k=3_000))
    case = Source("case.bpmn", CASE.replace(b"NAME", name.encode()))
    with closing(Engine.open(url)) as engine:
        engine.deploy([case])

        # when
        started = engine.start("case", {})

        # then
        (place,) = engine.instance(started.id).waiting
        assert (place.element, place.name) == ("later", name[:255])


@pytest.mark.postgres
def test_given_a_server_that_lost_what_it_stored_last_then_its_numbers_are_asked_anew(
    postgres_url: str,
) -> None:
    # given: a text that the process remembers, and the server does not
    case = Source("case.bpmn", CASE)
    with closing(Engine.open(postgres_url)) as engine:
        engine.deploy([case])
        for _ in range(2):
            engine.start("case", {})
        with engine.transaction() as uow:
            uow.connection.exec_driver_sql("DELETE FROM term")

        # when: it was away in between
        with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as operator:
            operator.execute(
                "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        started = engine.start("case", {})

        # then
        assert [place.name for place in engine.instance(started.id).waiting] == ["NAME"]
