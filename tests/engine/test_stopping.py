"""An instance that cannot be run is an incident; it stops no other, and can always be ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import Engine, InstanceStatus, Source
from engine.bpmn.errors import StateError
from engine.errors import NotStartableError, UnsuitableValueError

PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" targetNamespace="urn:test" id="waits">
  <bpmn:message id="m" name="news"/>
  <bpmn:process id="wait" isExecutable="true">
    <bpmn:startEvent id="start"/>
    <bpmn:intermediateCatchEvent id="hour">
      <bpmn:timerEventDefinition id="d"><bpmn:timeDuration>PT1H</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:userTask id="look">
      <bpmn:extensionElements><corral:userTask queue="care"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="hour"/>
    <bpmn:sequenceFlow id="f2" sourceRef="hour" targetRef="look"/>
  </bpmn:process>
</bpmn:definitions>
"""
HOUR = timedelta(hours=1)


@pytest.fixture
def engine() -> Iterator[Engine]:
    opened = Engine.in_memory()
    opened.deploy([Source("wait.bpmn", PROCESS.encode())])
    yield opened
    opened.close()


def overwrite(engine: Engine, statement: str, **values: object) -> None:
    """Do to the database what a bad disk or a bad upgrade does."""
    with engine.transaction() as uow:
        uow.connection.execute(text(statement), values)


def damage(engine: Engine, id: int, state: bytes = b"\x01\xff damaged") -> None:
    overwrite(engine, "UPDATE instance SET state = :state WHERE id = :id", state=state, id=id)


def test_a_damaged_state_is_an_incident_and_the_others_go_on(engine: Engine) -> None:
    # given
    bad, good = engine.start("wait").id, [engine.start("wait").id for _ in range(3)]
    damage(engine, bad)

    # when: the timers of all four are due
    fired = engine.pump(engine.clock.now() + HOUR)

    # then
    assert fired == 4
    assert engine.next_due() is None
    assert [len(engine.user_tasks(id)) for id in good] == [1, 1, 1]
    (incident,) = engine.incidents()
    assert (incident.instance_id, incident.element) == (bad, "wait")
    assert "stored state of the instance cannot be read" in incident.what
    assert "cancel" in incident.cure
    assert engine.instance(bad).variables == {}
    assert engine.history(bad)[-1].what == "incident"


def test_an_instance_that_cannot_be_run_has_one_incident_however_often_it_is_tried(
    engine: Engine,
) -> None:
    # given
    damage(engine, engine.start("wait").id)

    # when
    for _ in range(3):
        engine.pump(engine.clock.now() + HOUR)

    # then
    assert len(engine.incidents(open_only=False)) == 1


def test_retrying_before_the_cause_is_mended_says_why_and_keeps_the_incident(
    engine: Engine,
) -> None:
    # given
    id = engine.start("wait").id
    damage(engine, id)
    engine.pump(engine.clock.now() + HOUR)
    (incident,) = engine.incidents()

    # when
    with pytest.raises(StateError, match="backup"):
        engine.resolve(incident.id, by="mia")

    # then
    assert engine.incidents() == [incident]


def test_retrying_after_the_cause_is_mended_loses_nothing(engine: Engine) -> None:
    # given
    id = engine.start("wait").id
    with engine.transaction() as uow:
        state = uow.connection.execute(text("SELECT state FROM instance")).scalar_one()
    damage(engine, id)
    engine.pump(engine.clock.now() + HOUR)
    damage(engine, id, state)

    # when
    engine.resolve(engine.incidents()[0].id, by="mia")
    engine.pump(engine.clock.now() + HOUR)

    # then
    assert engine.incidents() == []
    assert [task.element for task in engine.user_tasks(id)] == ["look"]


def test_an_instance_that_cannot_be_read_can_be_cancelled(engine: Engine) -> None:
    # given
    id = engine.start("wait", correlation_key="k").id
    damage(engine, id)
    engine.pump(engine.clock.now() + HOUR)

    # when
    engine.cancel(id, by="mia")

    # then
    assert engine.instance(id).status is InstanceStatus.CANCELLED
    assert engine.incidents() == []
    assert engine.next_due() is None
    assert engine.start("wait", correlation_key="k").status is InstanceStatus.ACTIVE


def test_a_definition_that_an_upgrade_refuses_is_an_incident_of_its_instances(
    tmp_path: Path,
) -> None:
    # given: the next process has neither read nor compiled anything yet
    address = f"sqlite:///{tmp_path / 'corral.sqlite'}"
    with closing(Engine.open(address)) as before:
        before.deploy([Source("wait.bpmn", PROCESS.encode())])
        id = before.start("wait").id
        overwrite(before, "UPDATE resource SET content = :content", content=b"<what/>")

    with closing(Engine.open(address)) as engine:
        # when
        engine.pump(engine.clock.now() + HOUR)

        # then
        (incident,) = engine.incidents()
        assert incident.instance_id == id
        with pytest.raises(NotStartableError):
            engine.start("wait")
        engine.cancel(id, by="mia")
        assert engine.instance(id).status is InstanceStatus.CANCELLED


@pytest.mark.parametrize(
    "value", [10**30, -(10**30), "\ud800", {"\ud800": 1}, [[10**40]], float("nan")]
)
def test_a_message_that_no_instance_could_take_is_refused_before_it_waits_for_one(
    engine: Engine, value: object
) -> None:
    # when
    with pytest.raises(UnsuitableValueError):
        engine.correlate("news", "k", {"value": value})

    # then
    assert engine.sweep() == 0


def test_a_message_nested_too_deep_is_refused_before_it_waits_for_an_instance(
    engine: Engine,
) -> None:
    deep: list[object] = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(UnsuitableValueError):
        engine.correlate("news", "k", {"value": deep})
