"""The buffer of messages on every database: what waits in it is taken once, and in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from engine import Correlated, InstanceStatus, Message
from engine.errors import DeploymentRefusedError
from engine.storage.opening import SqlTransaction
from tests.engine.conftest import Bench, flow

TASK = {"is": "user_task", "at": "answer"}


def talk(**more: Any) -> dict[str, Any]:
    return {"is": "message", "at": "talk", "name": "mention", **more}


def buffered(bench: Bench) -> int:
    with bench.core.storage.read(bench.engine.workspace) as tx:
        assert isinstance(tx, SqlTransaction)
        return tx.messages.buffered()


def variables(bench: Bench) -> list[dict[str, Any]]:
    """Return the variables of all instances, oldest instance first."""
    found = reversed(bench.engine.instances(limit=1000))
    return [bench.engine.variables(each.id) for each in found]


def test_given_mentions_that_came_before_their_process_when_deployed_then_they_start_it(
    bench: Bench,
) -> None:
    # given
    for number in range(3):
        bench.engine.correlate("mention", f"k{number}", {"n": number}, business_key=f"x:{number}")

    # when
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])

    # then
    assert variables(bench) == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert [each.business_key for each in bench.engine.instances()] == ["x:2", "x:1", "x:0"]
    assert {each.correlation_key for each in bench.engine.instances()} == {"k0", "k1", "k2"}
    assert buffered(bench) == 0


def test_given_several_of_one_conversation_when_deployed_then_the_first_starts_and_order_is_kept(
    bench: Bench,
) -> None:
    # given
    for number in range(4):
        bench.engine.correlate("mention", "k", {f"n{number}": number})

    # when
    bench.deploy("care", {"any": [TASK]}, {"any": [talk(key="k")]}, message_starts=["mention"])
    waiting = buffered(bench)
    bench.engine.complete(bench.engine.user_tasks()[0].id)

    # then: the second ends the instance, the third starts the next, the fourth waits for it
    assert waiting == 3
    assert variables(bench) == [{"n0": 0, "n1": 1}, {"n2": 2}]
    assert buffered(bench) == 1


def test_messages_without_key_that_waited_start_an_instance_each(bench: Bench) -> None:
    # given
    bench.engine.correlate_all([Message("mention", None, {"n": n}) for n in range(3)])

    # when
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])

    # then
    assert variables(bench) == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_more_than_a_page_of_the_buffer_is_started_in_order(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: two mentions of each conversation, the second ones behind all first ones
    monkeypatch.setattr("engine.correlation._PAGE", 4)
    mentions = [Message("mention", f"k{n % 7}", {"n": n}) for n in range(14)]
    bench.engine.correlate_all(mentions)

    # when
    bench.deploy("care", {"any": [TASK]}, {"any": [talk(key="{key}")]}, message_starts=["mention"])

    # then
    assert variables(bench) == [{"n": n} for n in range(7)]
    assert buffered(bench) == 7
    with bench.core.storage.write(bench.engine.workspace) as tx:
        kept = tx.messages.take(tx.messages.kept(names=["mention"], now=bench.clock.now()))
    assert [each.message.payload["n"] for each in kept] == list(range(7, 14))


def test_other_names_other_workspaces_and_drafts_leave_the_buffer_alone(bench: Bench) -> None:
    # given
    elsewhere = bench.engine.create_workspace("other", "Other")
    elsewhere.correlate("mention", "k")
    bench.engine.correlate("order", "k")
    bench.engine.correlate("mention", "k")

    # when
    bench.deploy("draft", message_starts=["mention"], startable=False, problems=["draft"])
    kept_by_a_draft = buffered(bench)
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])

    # then
    assert kept_by_a_draft == 2
    assert len(bench.engine.instances()) == 1
    assert buffered(bench) == 1
    assert elsewhere.instances() == []


def test_an_active_instance_of_the_version_before_holds_its_messages_back(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    for number in range(2):
        bench.engine.correlate("mention", "k", {"n": number})

    # when
    bench.deploy("care", {"any": [{**TASK, "at": "new"}]}, message_starts=["mention"])
    held_back = buffered(bench)
    bench.engine.complete(bench.engine.user_tasks()[0].id)

    # then
    assert held_back == 1
    second, first = bench.engine.instances()
    assert (first.version, second.version) == (1, 2)
    assert bench.engine.variables(second.id) == {"n": 1}


def test_a_deployment_that_is_refused_takes_nothing_out_of_the_buffer(bench: Bench) -> None:
    # given
    bench.engine.correlate("mention", "k")

    # when
    with pytest.raises(DeploymentRefusedError):
        bench.engine.deploy([flow("care", message_starts=["mention"], problems=["error"])])

    # then
    assert buffered(bench) == 1


def test_a_deployment_that_is_rolled_back_takes_nothing_out_of_the_buffer(bench: Bench) -> None:
    # given
    bench.engine.correlate("mention", "k")

    # when
    with pytest.raises(RuntimeError, match="no"), bench.engine.transaction() as uow:
        bench.engine.deploy([flow("care", message_starts=["mention"])], within=uow)
        raise RuntimeError("no")

    # then
    assert buffered(bench) == 1
    assert bench.engine.instances() == []


def test_given_mentions_on_their_way_while_their_process_is_deployed_then_none_stays_behind(
    bench: Bench,
) -> None:
    # given
    source = flow("care", {"any": [TASK]}, message_starts=["mention"])

    # when
    with ThreadPoolExecutor(3) as pool:
        mentions = [pool.submit(bench.engine.correlate, "mention", f"k{n}") for n in range(12)]
        deployment = pool.submit(bench.engine.deploy, [source])
        mentions += [pool.submit(bench.engine.correlate, "mention", f"k{n}") for n in range(12, 24)]
        outcomes = {each.result(60).outcome for each in mentions}
        deployment.result(60)

    # then
    assert outcomes <= {Correlated.STARTED, Correlated.BUFFERED}
    assert len(bench.engine.instances()) == 24
    assert buffered(bench) == 0


def test_given_two_transactions_that_look_at_once_then_a_kept_message_is_taken_once(
    bench: Bench, ready_url: str
) -> None:
    # given: one wait for its key and one for any key may both see it before either takes it
    if not ready_url.startswith("postgresql"):
        pytest.skip("SQLite lets one writer in at a time: two transactions never look at once")
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])
    bench.engine.correlate_all([Message("mention", "k")] * 2)
    storage, workspace = bench.core.storage, bench.engine.workspace

    # when: the second wants what the first has taken, and waits for its commit
    with ThreadPoolExecutor(1) as pool:

        def take(ids: list[int]) -> int:
            with storage.write(workspace) as other:
                return len(other.messages.take(ids))

        with storage.write(workspace) as first:
            ids = first.messages.kept(keys=["k"], now=bench.clock.now())
            mine = len(first.messages.take(ids))
            asked = pool.submit(take, ids)
        theirs = asked.result(60)

    # then
    assert (mine, theirs) == (1, 0)


def test_a_kept_message_that_ends_its_instance_lets_the_next_one_start(bench: Bench) -> None:
    # given
    for number in range(5):
        bench.engine.correlate("mention", "k", {"n": number})

    # when: each instance ends at once
    bench.deploy("care", message_starts=["mention"])

    # then
    assert variables(bench) == [{"n": n} for n in range(5)]
    assert {each.status for each in bench.engine.instances()} == {InstanceStatus.COMPLETED}


@pytest.mark.parametrize(("passed", "status"), [(59, "completed"), (60, "active")])
def test_a_message_is_kept_for_its_time_to_live(bench: Bench, passed: int, status: str) -> None:
    # given
    bench.deploy("care", {"any": [talk(key="k")]})
    bench.engine.correlate("mention", "k", time_to_live=timedelta(minutes=60))
    bench.clock.move(minutes=passed)

    # when
    instance = bench.engine.start("care")

    # then
    assert bench.engine.instance(instance.id).status == status


def test_an_expired_message_hides_no_fresh_one(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [talk(key="k")]})
    bench.engine.correlate("mention", "k", {"n": 1}, time_to_live=timedelta(minutes=1))
    bench.engine.correlate("mention", "k", {"n": 2})
    bench.clock.move(minutes=2)

    # when
    instance = bench.engine.start("care")

    # then
    assert bench.engine.variables(instance.id) == {"n": 2}


def test_an_expired_message_starts_nothing_that_is_deployed_later(bench: Bench) -> None:
    # given
    bench.engine.correlate("mention", "k", time_to_live=timedelta(minutes=1))
    bench.clock.move(minutes=2)

    # when
    bench.deploy("care", {"any": [TASK]}, message_starts=["mention"])

    # then
    assert bench.engine.instances() == []


def test_a_message_that_is_not_to_be_kept_reaches_those_alone_who_wait(bench: Bench) -> None:
    # given
    nobody = bench.engine.correlate("mention", "k", time_to_live=timedelta(0))
    bench.deploy("care", {"any": [talk(key="k")]})
    instance = bench.engine.start("care")

    # when
    somebody = bench.engine.correlate("mention", "k", time_to_live=timedelta(0))

    # then
    assert (nobody.outcome, nobody.instance_id) == (Correlated.DROPPED, None)
    assert (somebody.outcome, somebody.instance_id) == (Correlated.CORRELATED, instance.id)


def test_the_sweep_removes_what_expired(bench: Bench) -> None:
    # given
    bench.engine.correlate("mention", "k", time_to_live=timedelta(minutes=1))
    bench.engine.correlate("mention", "k")
    bench.clock.move(minutes=1)

    # when
    bench.engine.sweep()

    # then
    assert buffered(bench) == 1
