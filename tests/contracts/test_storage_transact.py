"""What is written for instances in one transaction, and how they go on in it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.errors import StaleRevisionError
from engine.instances import Instance
from engine.jobs import Job
from engine.ports import UnitOfWork
from engine.use_cases import bound
from tests.engine.conftest import Bench
from tests.wakers import Deaf

ANSWER = {"is": "user_task", "at": "answer", "queue": "care"}
SEND = {"is": "job", "at": "send", "type": "reply.send"}


def test_the_instances_concerned_go_on_before_the_commit(bench: Bench) -> None:
    # given: nobody hears of a wake-up
    bench.deploy("care", {"any": [SEND]}, {"any": [ANSWER]})
    started = bench.engine.start("care")
    (job,) = bench.engine.jobs()
    bench.engine.use_waker(Deaf())

    # when
    def work(uow: UnitOfWork) -> Instance:
        bench.engine.complete_job(job.id, within=uow)
        return bench.engine.start("care", within=uow)

    another = bench.engine.transact(work)

    # then
    assert [task.instance_id for task in bench.engine.user_tasks()] == [started.id]
    assert [job.instance_id for job in bench.engine.jobs()] == [another.id]


def test_where_one_of_them_cannot_go_on_all_is_kept_and_that_one_has_an_incident(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]})
    bench.deploy("sends", {"any": [SEND]})
    calls = []

    def fail(uow: UnitOfWork, jobs: Sequence[Job]) -> None:
        raise LookupError("no such conversation")

    bench.engine.on_jobs("reply.send", fail)

    # when
    def work(uow: UnitOfWork) -> list[int]:
        calls.append(uow)
        return [bench.engine.start(key, within=uow).id for key in ("care", "sends", "care")]

    first, broken, last = bench.engine.transact(work)

    # then
    assert len(calls) == 2
    assert [task.instance_id for task in bench.engine.user_tasks()] == [first, last]
    assert [incident.instance_id for incident in bench.engine.incidents()] == [broken]


def test_what_fails_by_itself_fails_once_and_leaves_nothing(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]})
    calls = []

    def work(uow: UnitOfWork) -> None:
        calls.append(uow)
        bench.engine.start("care", within=uow)
        raise LookupError("no such account")

    # when
    with pytest.raises(LookupError):
        bench.engine.transact(work)

    # then
    assert len(calls) == 1
    assert bench.engine.instances() == []


def test_what_was_committed_is_not_done_again_whatever_happens_then(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]})
    monkeypatch.setattr(bound, "_TOGETHER", 1)
    monkeypatch.setattr(bound, "_LONGEST", 0.0)

    def broken(_ids: Sequence[int]) -> None:
        raise LookupError("nobody can be woken")

    monkeypatch.setattr(bench.core.waker, "wake", broken)

    # when
    with pytest.raises(LookupError):
        bench.engine.transact(lambda uow: [bench.engine.start("care", within=uow) for _ in "ab"])

    # then
    assert len(bench.engine.instances()) == 2


def test_what_has_to_give_way_is_done_again(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [ANSWER]})
    calls = []

    def work(uow: UnitOfWork) -> None:
        calls.append(uow)
        bench.engine.start("care", within=uow)
        if len(calls) < 3:
            raise StaleRevisionError("somebody was faster")

    # when
    bench.engine.transact(work)

    # then
    assert len(calls) == 3
    assert len(bench.engine.user_tasks()) == 1


def test_a_long_row_goes_on_after_the_commit_once_it_has_taken_its_time(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: after the first few there is no time left
    monkeypatch.setattr(bound, "_TOGETHER", 2)
    monkeypatch.setattr(bound, "_LONGEST", 0.0)
    bench.deploy("care", {"any": [ANSWER]})
    waker, woken = bench.core.waker, []
    monkeypatch.setattr(waker, "wake", lambda ids: woken.extend(ids))

    # when
    ids = bench.engine.transact(
        lambda uow: [bench.engine.start("care", within=uow).id for _ in range(5)]
    )

    # then
    assert [task.instance_id for task in bench.engine.user_tasks()] == ids[:2]
    assert woken == ids[2:]
