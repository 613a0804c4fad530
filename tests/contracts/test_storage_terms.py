"""Texts of diagrams are kept once, with a number, whoever writes them and whatever is undone."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Iterator
from contextlib import closing

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
ASK = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs"
  xmlns:corral="urn:corral:bpmn:1"><process id="ask" isExecutable="true"><startEvent id="s"/>
  <userTask id="u"><extensionElements><corral:userTask queue="= to"/></extensionElements></userTask>
  <endEvent id="e"/><sequenceFlow id="f1" sourceRef="s" targetRef="u"/>
  <sequenceFlow id="f2" sourceRef="u" targetRef="e"/></process></definitions>"""


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
def test_given_a_value_no_index_takes_then_its_instance_alone_is_stopped(postgres_url: str) -> None:
    # given: two of one batch, of which one names a queue of 3,000 letters
    case = Source("ask.bpmn", ASK)
    queue = "".join(random.Random(7).choices(string.ascii_letters, k=3_000))
    with closing(Engine.open(postgres_url)) as engine:
        engine.deploy([case])

        # when
        with engine.transaction() as uow:
            bad = engine.start("ask", {"to": queue}, within=uow)
            good = engine.start("ask", {"to": "care"}, within=uow)

        # then
        assert engine.instance(bad.id).incidents == 1
        assert [task.queue for task in engine.user_tasks()] == ["care"]
        assert engine.instance(good.id).incidents == 0
