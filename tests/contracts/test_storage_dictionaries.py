"""Dictionaries of definition versions, on every database: how they come about, who reads them."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress

import pytest

from engine import Engine, packing
from engine.bpmn.errors import StateError
from engine.definitions import Source
from engine.errors import StorageError
from engine.history import What
from engine.instances import InstanceStatus
from engine.packing import PACKED, SAMPLES
from engine.storage import dictionaries as module

#: What the decision gives: a table, with one output.
FEE = {"fee": 12}

PROCESS = Source(
    "case.bpmn",
    b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs"
      xmlns:corral="urn:corral:bpmn:1"><process id="case" isExecutable="true">
      <startEvent id="s"/><userTask id="ask"/><businessRuleTask id="weigh"><extensionElements>
      <corral:decision ref="fee" result="fee"/></extensionElements></businessRuleTask>
      <userTask id="check"/><endEvent id="e"/>
      <sequenceFlow id="f1" sourceRef="s" targetRef="weigh"/>
      <sequenceFlow id="f2" sourceRef="weigh" targetRef="ask"/>
      <sequenceFlow id="f3" sourceRef="ask" targetRef="check"/>
      <sequenceFlow id="f4" sourceRef="check" targetRef="e"/></process></definitions>""",
)
DECISION = Source(
    "fee.dmn",
    b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
      namespace="urn:fee"><decision id="fee" name="What it costs"><decisionTable>
      <input id="i" label="Reach"><inputExpression><text>reach</text></inputExpression></input>
      <output id="o" name="fee"/><rule id="r"><inputEntry id="x"><text>&gt;= 0</text></inputEntry>
      <outputEntry id="y"><text>12</text></outputEntry></rule></decisionTable></decision>
      </definitions>""",
)


@pytest.fixture
def engine(ready_url: str) -> Iterator[Engine]:
    with closing(Engine.open(ready_url)) as opened:
        opened.deploy([PROCESS, DECISION])
        yield opened


def begin(engine: Engine, count: int) -> list[int]:
    chance = random.Random(count)
    variables = [
        {
            "reach": chance.randrange(10**6),
            "text": f"We look into it, and will answer you soon: {chance.random()}",
        }
        for _ in range(count)
    ]
    return [engine.start("case", each).id for each in variables]


def state(engine: Engine, id: int) -> bytes:
    with engine.reading() as view:
        return bytes(view.instances.state(id) or b"")


def dictionaries(engine: Engine) -> int:
    with engine.reading() as view:
        query = "SELECT count(*) FROM dictionary"
        return int(view.connection.exec_driver_sql(query).scalar_one())


def forget_dictionaries(engine: Engine) -> None:
    with engine.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM dictionary")


def answer(engine: Engine, id: int) -> None:
    (task,) = engine.user_tasks(id)
    engine.complete(task.id, {}, by="ana")


def test_a_version_has_a_dictionary_once_enough_instances_wait_and_all_are_read_on(
    engine: Engine,
) -> None:
    # given
    old = begin(engine, SAMPLES + 2)
    assert engine.sweep() == 0

    # when
    (new,) = begin(engine, 1)
    for id in (old[0], new):
        answer(engine, id)

    # then: the old one is packed too, since it has run
    assert dictionaries(engine) == 1
    assert state(engine, old[1])[0] != PACKED
    assert [state(engine, id)[0] for id in (old[0], new)] == [PACKED, PACKED]
    assert len(state(engine, new)) < len(state(engine, old[1]))
    for id in (old[0], old[1], new):
        assert engine.variables(id)["fee"] == FEE
        (weighed,) = [entry for entry in engine.history(id) if entry.element == "weigh"]
        assert weighed.what is What.COMPLETED
        assert weighed.detail["decision"] == "fee"


def test_however_large_states_are_no_more_than_a_bounded_part_of_them_is_learnt_from(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    most, learnt = 30_000, []

    def train(samples: Sequence[Sequence[bytes]]) -> bytes | None:
        learnt.append(sum(len(part) for parts in samples for part in parts))
        return packing.train(samples)

    monkeypatch.setattr(module, "_TOGETHER", most)
    monkeypatch.setattr(module, "train", train)
    begin(engine, SAMPLES)

    # when
    engine.sweep()

    # then
    assert len(learnt) == 1
    assert most / 2 < learnt[0] <= most


def test_with_few_instances_none_is_made(engine: Engine) -> None:
    # given
    begin(engine, SAMPLES // 2)

    # when
    engine.sweep()

    # then
    assert dictionaries(engine) == 0


def test_another_process_reads_what_was_packed_and_packs_itself(
    engine: Engine, ready_url: str
) -> None:
    # given
    if ready_url == "sqlite://":
        pytest.skip("a database in memory is that of one process")
    begin(engine, SAMPLES + 2)
    engine.sweep()
    (id,) = begin(engine, 1)

    # when
    with closing(Engine.open(ready_url)) as other:
        answer(other, id)
        found = other.variables(id)
        history = other.history(id)

    # then
    assert found["fee"] == FEE
    assert [e.element for e in history if e.what is What.COMPLETED] == ["s", "weigh", "ask"]
    assert state(engine, id)[0] == PACKED


def test_a_process_that_wrote_without_learns_what_another_one_made(
    engine: Engine, ready_url: str
) -> None:
    # given
    if ready_url == "sqlite://":
        pytest.skip("a database in memory is that of one process")
    with closing(Engine.open(ready_url)) as other:
        begin(other, 1)
        begin(engine, SAMPLES + 2)
        engine.sweep()

        # when: it looks again now and then, and needs no sweep for it
        ids = begin(other, 60)

    # then
    assert state(engine, ids[0])[0] != PACKED
    assert state(engine, ids[-1])[0] == PACKED


def test_of_two_that_make_the_same_dictionary_the_first_counts(
    engine: Engine, ready_url: str
) -> None:
    # given
    if ready_url == "sqlite://":
        pytest.skip("a database in memory is that of one process")
    with closing(Engine.open(ready_url)) as other:
        begin(engine, SAMPLES + 2)
        begin(other, SAMPLES + 2)
        together = threading.Barrier(2)

        def learn(one: Engine) -> None:
            together.wait(30)
            one.storage.learn()

        # when
        threads = [threading.Thread(target=learn, args=(one,)) for one in (engine, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        written = [begin(one, 1)[0] for one in (engine, other)]

        # then
        assert dictionaries(engine) == 1
        assert [state(engine, id)[0] for id in written] == [PACKED, PACKED]
        assert [other.variables(id)["fee"] for id in written] == [FEE, FEE]


def test_an_instance_whose_dictionary_is_gone_is_told_so_and_can_be_ended(
    engine: Engine, ready_url: str
) -> None:
    # given
    if ready_url == "sqlite://":
        pytest.skip("a database in memory is that of one process")
    begin(engine, SAMPLES + 2)
    engine.sweep()
    (id,) = begin(engine, 1)
    forget_dictionaries(engine)

    # when
    with closing(Engine.open(ready_url)) as restarted:
        with pytest.raises(StateError, match="which is not there"):
            restarted.variables(id)
        with pytest.raises(StorageError, match="The history of instance"):
            restarted.history(id)
        restarted.cancel(id, by="ana")

        # then
        assert restarted.instance(id).status is InstanceStatus.CANCELLED


def test_numbers_of_elements_that_were_rolled_back_are_not_used_again(engine: Engine) -> None:
    # given
    with suppress(RuntimeError), engine.transaction() as tx:
        engine.start("case", {"reach": 1}, within=tx)
        raise RuntimeError("no more")

    # when
    (id,) = begin(engine, 1)

    # then
    elements = [entry.element for entry in engine.history(id)]
    assert elements == [None, "s", "weigh", "ask"]
