"""Where messages and signals go: to who waits, to a new instance, or into the buffer."""

from __future__ import annotations

from engine import Correlated, Message
from engine.storage.opening import SqlTransaction
from tests.engine.conftest import Bench

TASK = {"is": "user_task", "at": "answer"}


def hear(name: str = "mention", key: str | None = "k", at: str = "hear") -> dict[str, object]:
    wait: dict[str, object] = {"is": "message", "at": at, "name": name}
    return wait if key is None else wait | {"key": key}


def buffered(bench: Bench) -> int:
    with bench.core.storage.read(bench.engine.workspace) as tx:
        assert isinstance(tx, SqlTransaction)
        return tx.messages.buffered()


def test_a_message_goes_to_the_instance_that_waits_for_its_name_and_key(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [hear(key="{of}")]})
    one, two = (bench.engine.start("care", {"of": of}) for of in ("a", "b"))

    # when
    found = bench.engine.correlate("mention", "b", {"text": "hi"})

    # then
    assert (found.outcome, found.instance_id) == (Correlated.CORRELATED, two.id)
    assert bench.engine.variables(two.id) == {"of": "b", "text": "hi"}
    assert bench.engine.variables(one.id) == {"of": "a"}


def test_a_message_nobody_waits_for_is_kept_until_somebody_does(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [hear()]})
    found = bench.engine.correlate("mention", "k", {"n": 1})
    assert (found.outcome, found.instance_id) == (Correlated.BUFFERED, None)

    # when
    instance = bench.engine.start("care")

    # then
    assert bench.engine.variables(instance.id) == {"n": 1}
    assert buffered(bench) == 0


def test_kept_messages_are_taken_in_the_order_they_came(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [hear()]}, {"any": [TASK]}, {"any": [hear()]})
    for number in range(3):
        bench.engine.correlate("mention", "k", {f"n{number}": number})

    # when
    instance = bench.engine.start("care")
    first = bench.engine.variables(instance.id)
    bench.engine.complete(bench.engine.user_tasks(instance.id)[0].id)

    # then
    assert first == {"n0": 0}
    assert bench.engine.variables(instance.id) == {"n0": 0, "n1": 1}
    assert buffered(bench) == 1


def test_a_message_for_a_busy_conversation_waits_for_its_instance_and_starts_no_second(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    first = bench.engine.correlate("mention", "k", {"n": 1}, business_key="x:1")

    # when
    second = bench.engine.correlate("mention", "k", {"n": 2})

    # then
    assert first.outcome is Correlated.STARTED
    assert (second.outcome, second.instance_id) == (Correlated.BUFFERED, first.instance_id)
    assert len(bench.engine.instances()) == 1
    assert bench.engine.instances()[0].business_key == "x:1"


def test_given_kept_messages_when_their_instance_ends_then_the_first_starts_the_next(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    for number in range(3):
        bench.engine.correlate("mention", "k", {"n": number})

    # when
    bench.engine.complete(bench.engine.user_tasks()[0].id)

    # then
    second, first = bench.engine.instances()
    assert bench.engine.variables(first.id) == {"n": 0}
    assert bench.engine.variables(second.id) == {"n": 1}
    assert buffered(bench) == 1


def test_two_messages_for_one_wait_are_one_taken_and_one_kept(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [hear()]}, {"any": [TASK]}, {"any": [hear()]})
    instance = bench.engine.start("care")

    # when: both arrive before the instance is advanced
    with bench.engine.transaction() as uow:
        messages = [Message("mention", "k", {f"n{n}": n}) for n in range(2)]
        found = bench.engine.correlate_all(messages, within=uow)

    # then
    assert {each.outcome for each in found} == {Correlated.CORRELATED}
    assert bench.engine.variables(instance.id) == {"n0": 0}
    assert buffered(bench) == 1


def test_a_wait_without_key_takes_any_but_a_wait_with_the_key_comes_first(bench: Bench) -> None:
    # given
    bench.deploy("any", {"any": [hear(key=None)]})
    bench.deploy("exact", {"any": [hear(key="k")]})
    anyone, exact = bench.engine.start("any"), bench.engine.start("exact")

    # when
    found = [bench.engine.correlate("mention", "k").instance_id for _ in range(2)]

    # then
    assert found == [exact.id, anyone.id]


def test_a_message_without_key_does_not_reach_a_wait_with_one(bench: Bench) -> None:
    bench.deploy("care", {"any": [hear()]})
    bench.engine.start("care")
    assert bench.engine.correlate("mention").outcome is Correlated.BUFFERED


def test_messages_without_key_start_an_instance_each(bench: Bench) -> None:
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    found = bench.engine.correlate_all([Message("mention", None)] * 3)
    assert len({each.instance_id for each in found}) == 3


def test_only_the_named_process_is_started(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])

    # when
    other = bench.engine.correlate_all([Message("mention", "a")], process="sales")
    care = bench.engine.correlate_all([Message("mention", "b")], process="care")

    # then
    assert [other[0].outcome, care[0].outcome] == [Correlated.BUFFERED, Correlated.STARTED]


def test_a_draft_does_not_take_over_from_the_version_that_runs(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    bench.deploy("care", message_starts=["mention"], startable=False, problems=["draft"])

    # when
    found = bench.engine.correlate("mention", "k")

    # then
    assert found.outcome is Correlated.STARTED
    assert bench.engine.instance(found.instance_id or 0).version == 1
    assert bench.engine.definitions()[0].version == 2


def test_a_thrown_message_reaches_another_instance_in_the_end(bench: Bench) -> None:
    # given
    bench.deploy("hearing", {"any": [hear("news", "k")]})
    bench.deploy("telling", {"throw": "news", "key": "k", "payload": {"told": 1}})
    hearing = bench.engine.start("hearing")

    # when
    bench.engine.start("telling")

    # then
    assert bench.engine.variables(hearing.id) == {"told": 1}


def test_an_instance_may_tell_itself(bench: Bench) -> None:
    bench.deploy(
        "echo", {"throw": "news", "key": "k", "payload": {"n": 1}}, {"any": [hear("news")]}
    )
    instance = bench.engine.start("echo")
    assert bench.engine.variables(instance.id) == {"n": 1}


def test_a_signal_reaches_everyone_who_waits(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [{"is": "signal", "at": "alarm", "name": "storm"}]})
    ids = [bench.engine.start("care").id for _ in range(3)]

    # when
    reached = bench.engine.signal("storm", {"level": 3})

    # then
    assert reached == 3
    assert [bench.engine.variables(id) for id in ids] == [{"level": 3}] * 3
    assert bench.engine.signal("storm") == 0


def test_a_signal_thrown_by_an_instance_reaches_the_others(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [{"is": "signal", "at": "alarm", "name": "storm"}]})
    bench.deploy("outage", {"throw": "storm", "signal": True, "payload": {"level": 1}})
    instance = bench.engine.start("care")

    # when
    bench.engine.start("outage")

    # then
    assert bench.engine.variables(instance.id) == {"level": 1}
