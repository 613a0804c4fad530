"""A drawing that runs for ever, grows for ever or talks for ever stops with an incident."""

from __future__ import annotations

import itertools
import time
from contextlib import closing
from typing import Any

import pytest

from engine import Engine, Limits, Source
from engine.bpmn.runner import SpiffRunner
from engine.instances import InstanceStatus
from engine.storage import database, opening
from tests.engine.bpmn.conftest import Drawing

MESSAGES = '<message id="ping" name="ping"/><message id="pong" name="pong"/>'
SIGNALS = '<signal id="again" name="again"/>'


#: A loop around it ends when ``n`` is above 0.
WAY_OUT = (
    '<startEvent id="s"/><endEvent id="e"/><sequenceFlow id="x-e" sourceRef="x" targetRef="e">'
    "<conditionExpression>n &gt; 0</conditionExpression></sequenceFlow>"
)


def gate(default: str) -> str:
    """Return the gateway ``x`` of that loop."""
    return f'<exclusiveGateway id="x" default="{default}"/>'


def engine_with(
    drawing: Drawing, limits: Limits, body: str, *paths: str, beside: str = ""
) -> Engine:
    """Return an engine that runs the process ``p``."""
    engine = Engine.in_memory(limits=limits)
    engine.deploy([Source("p.bpmn", drawing.text(body, *paths, beside=beside).encode())])
    return engine


def test_ten_thousand_turns_of_a_loop_are_no_endless_loop(drawing: Drawing) -> None:
    # given
    body = (
        '<startEvent id="s"/><scriptTask id="t"><script>n = n + 1</script></scriptTask>'
        '<exclusiveGateway id="x" default="x-t"/><endEvent id="e"/>'
        '<sequenceFlow id="x-e" sourceRef="x" targetRef="e">'
        "<conditionExpression>n &gt;= 10000</conditionExpression></sequenceFlow>"
    )
    engine = engine_with(drawing, Limits(), body, "s t x t")

    # when
    instance = engine.start("p", {"n": 0})

    # then
    assert instance.status == "completed"


def test_a_machine_that_stands_still_is_no_fault_of_the_instance(
    drawing: Drawing, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given each look at the clock is a minute after the one before
    clock = itertools.count(step=60.0)
    monkeypatch.setattr("engine.bpmn.work.monotonic", lambda: next(clock))
    body = '<startEvent id="s"/><task id="t"/><endEvent id="e"/>'
    engine = engine_with(drawing, Limits(), body, "s t e")

    # when
    instance = engine.start("p")

    # then
    assert instance.status == "completed"


def test_work_of_the_sandbox_counts_as_work_of_the_instance(drawing: Drawing) -> None:
    # given a loop in which each turn lets the sandbox work, and nobody else
    busy = "let n = 0; for (let i = 0; i &lt; 5000000; i++) n += i;"
    body = (
        f'{WAY_OUT}{gate("x-t")}<scriptTask id="t" scriptFormat="javascript">'
        f"<script>{busy}</script></scriptTask>"
    )
    engine = engine_with(drawing, Limits(seconds=0.2, steps=200), body, "s t x t")

    # when
    engine.start("p", {"n": 0})

    # then
    (incident,) = engine.incidents()
    assert "0.2 seconds" in incident.what


@pytest.mark.postgres
def test_a_batch_that_takes_long_is_no_frozen_process(
    drawing: Drawing, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given a database that ends what is silent for longer than one run takes, and a slow machine
    monkeypatch.setattr(database, "_FROZEN", "1500ms")
    monkeypatch.setattr(opening, "_SILENCE", 0.1)
    run = SpiffRunner.run

    def slowly(*given: Any, **named: Any) -> Any:
        time.sleep(0.4)
        return run(*given, **named)

    monkeypatch.setattr(SpiffRunner, "run", slowly)
    body = '<startEvent id="s"/><task id="t"/><endEvent id="e"/>'
    with closing(Engine.open(postgres_url)) as engine:
        engine.deploy([Source("p.bpmn", drawing.text(body, "s t e").encode())])
        with engine.transaction() as uow:
            ids = [engine.start("p", within=uow).id for _ in range(6)]

        # when
        engine.advance(ids)

        # then
        assert {engine.instance(id).status for id in ids} == {InstanceStatus.COMPLETED}


@pytest.mark.parametrize(
    ("limits", "what"),
    [
        (Limits(steps=500), "500 steps"),
        (Limits(seconds=0), "0 seconds"),
    ],
)
def test_an_endless_loop_stops_at_its_limit_and_can_go_on(
    drawing: Drawing, limits: Limits, what: str
) -> None:
    # given
    engine = engine_with(drawing, limits, f'{WAY_OUT}{gate("x-t")}<task id="t"/>', "s t x t")

    # when
    instance = engine.start("p", {"n": 0})

    # then
    (incident,) = engine.incidents()
    assert what in incident.what

    # when
    engine.resolve(incident.id, by="otto")

    # then
    assert engine.instance(instance.id).incidents == 1


def test_a_loop_that_forks_stops_at_the_limit_of_tokens(drawing: Drawing) -> None:
    # given: each turn leaves a user task behind
    body = f'{WAY_OUT}{gate("x-t")}<task id="t"/><parallelGateway id="fork"/><userTask id="u"/>'
    engine = engine_with(drawing, Limits(tokens=100), body, "s t fork x t", "fork u")

    # when
    instance = engine.start("p", {"n": 0})

    # then
    (incident,) = engine.incidents()
    assert "100 tokens" in incident.what
    assert len(engine.user_tasks(instance.id, limit=500)) <= 100


def test_two_processes_that_message_each_other_for_ever_are_stopped(drawing: Drawing) -> None:
    # given
    def side(key: str, hears: str, says: str) -> Source:
        body = (
            f'<startEvent id="s"><messageEventDefinition messageRef="{hears}"/></startEvent>'
            f'<endEvent id="say"><messageEventDefinition messageRef="{says}"/></endEvent>'
        )
        text = drawing.text(body, "s say", beside=MESSAGES)
        return Source(
            f"{key}.bpmn", text.replace('<process id="p"', f'<process id="{key}"').encode()
        )

    engine = Engine.in_memory(limits=Limits(hops=30))
    engine.deploy([side("one", "ping", "pong"), side("two", "pong", "ping")])

    # when
    engine.correlate("ping")

    # then
    (incident,) = engine.incidents()
    assert incident.element == "say"
    assert "30 messages" in incident.what
    assert len(engine.instances(limit=500)) == 31


def test_a_signal_that_starts_its_own_process_for_ever_is_stopped(drawing: Drawing) -> None:
    # given
    body = (
        '<startEvent id="s"><signalEventDefinition signalRef="again"/></startEvent>'
        '<endEvent id="e"><signalEventDefinition signalRef="again"/></endEvent>'
    )
    engine = engine_with(drawing, Limits(hops=30), body, "s e", beside=SIGNALS)

    # when
    engine.signal("again")

    # then
    assert len(engine.incidents()) == 1
    assert len(engine.instances(limit=500)) == 31


def test_two_instances_may_talk_as_long_as_something_comes_from_outside(drawing: Drawing) -> None:
    # given: each turn a person does something
    body = (
        '<startEvent id="s"/><userTask id="u"/><intermediateThrowEvent id="say">'
        '<messageEventDefinition messageRef="ping"/></intermediateThrowEvent>'
    )
    echo = (
        '<startEvent id="s"><messageEventDefinition messageRef="ping"/></startEvent><task id="t"/>'
    )
    engine = engine_with(drawing, Limits(hops=3), body, "s u say u", beside=MESSAGES)
    text = drawing.text(echo, "s t", beside=MESSAGES).replace('<process id="p"', '<process id="q"')
    engine.deploy([Source("q.bpmn", text.encode())])
    engine.start("p")

    # when
    for _ in range(10):
        (task,) = engine.user_tasks()
        engine.complete(task.id)

    # then
    assert engine.incidents() == []
    assert len(engine.instances(limit=500)) == 11


def test_a_file_above_the_limit_is_refused_and_one_below_is_not(drawing: Drawing) -> None:
    # given
    file = Source("p.bpmn", drawing.text('<startEvent id="s"/><task id="t"/>', "s t").encode())
    size = len(file.content)

    # when
    small, large = (
        Engine.in_memory(limits=Limits(upload_bytes=bytes_)).lint([file])[0].problems
        for bytes_ in (size - 1, size)
    )

    # then
    assert [problem.rule for problem in small] == ["file-too-large"]
    assert "file-too-large" not in {problem.rule for problem in large}


def test_forms_inside_a_file_are_read_as_far_as_the_file_is(drawing: Drawing) -> None:
    # given a diagram with a form, larger than what is read where nobody says otherwise
    form = '<corral:form key="ask">{"type": "default", "components": []}</corral:form>'
    remark = f"<documentation>{'x' * Limits().upload_bytes}</documentation>"
    task = f'<extensionElements>{form}</extensionElements><startEvent id="s"/><userTask id="t"/>'
    file = Source("p.bpmn", drawing.text(remark + task, "s t").encode())

    # when
    runner = SpiffRunner(Limits(upload_bytes=len(file.content)))

    # then
    assert [form.key for form in runner.forms([file])] == ["ask"]


def test_what_was_stored_still_runs_when_the_limit_is_lowered(drawing: Drawing, tmp_path) -> None:
    # given
    url = f"sqlite:///{tmp_path / 'corral.sqlite'}"
    engine = Engine.open(url)
    text = drawing.text('<startEvent id="s"/><task id="t"/>', "s t")
    engine.deploy([Source("p.bpmn", text.encode())])
    engine.close()

    # when
    lower = Engine.open(url, limits=Limits(upload_bytes=10))

    # then
    assert lower.start("p").status == "completed"
    lower.close()
