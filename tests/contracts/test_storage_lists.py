"""Lists page without gaps or repeats, whatever they are narrowed by; counts end at their bound."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from engine import InstanceFilter, InstanceStatus
from tests.engine.conftest import Bench

DUES = [None, 50, 10, 10, 30, None, 10, 20]


def _deployed(bench: Bench) -> None:
    """Start an instance for each of the due dates, each with a user task of its own priority."""
    for number, due in enumerate(DUES):
        wait: dict[str, object] = {"is": "user_task", "at": "do", "queue": f"q{number % 2}"}
        wait |= {"priority": number * 10} | ({} if due is None else {"in": due})
        bench.deploy(f"p{number}", {"any": [wait]})
        bench.engine.start(f"p{number}", business_key="all")


def _paged(page: Callable[..., list[Any]], place: Callable[[Any], Any], name: str) -> list[int]:
    """Return the ids of a list, read two by two."""
    ids: list[int] = []
    after = None
    while found := page(limit=2, **{name: after}):
        ids += [each.id for each in found]
        after = place(found[-1])
        assert len(ids) < 100
    return ids


@pytest.mark.parametrize("narrow", [{}, {"queue": "q0"}, {"claimed_by": "ana"}])
def test_user_tasks_open_and_ended_page_in_one_order(bench: Bench, narrow: dict[str, Any]) -> None:
    # given some that are completed by ana, and some that she has claimed
    _deployed(bench)
    for task in bench.engine.user_tasks()[::2]:
        bench.engine.complete(task.id, by="ana")
    bench.engine.claim(bench.engine.user_tasks()[0].id, by="ana")
    bench.engine.claim(bench.engine.user_tasks()[-1].id, by="ana")

    # when
    paged = _paged(
        lambda **more: bench.engine.user_tasks(open_only=False, **narrow, **more),
        lambda last: (last.due, last.id),
        "after",
    )

    # then
    whole = bench.engine.user_tasks(open_only=False, limit=100, **narrow)
    assert paged == [task.id for task in whole]
    order = [
        (task.due is None, task.due and task.due.timestamp(), -task.priority) for task in whole
    ]
    assert order == sorted(order, key=lambda place: (place[0], place[1] or 0, place[2]))


@pytest.mark.parametrize(
    "where",
    [
        InstanceFilter(),
        InstanceFilter(status=InstanceStatus.ACTIVE),
        InstanceFilter(business_key="all"),
        InstanceFilter(waiting_at="do"),
        InstanceFilter(waiting_at="do", status=InstanceStatus.ACTIVE),
        InstanceFilter(key="p1"),
        InstanceFilter(overdue_at=datetime(2100, 1, 1, tzinfo=UTC)),
        InstanceFilter(overdue_at=datetime(2100, 1, 1, tzinfo=UTC), waiting_at="do"),
    ],
)
def test_instances_of_every_status_page_newest_first_and_are_counted(
    bench: Bench, where: InstanceFilter
) -> None:
    # given
    _deployed(bench)
    ids = [each.id for each in bench.engine.instances()]
    bench.engine.cancel(ids[1], by="mia")
    bench.engine.complete(bench.engine.user_tasks(ids[4])[0].id, by="ana")

    # when
    paged = _paged(
        lambda **more: bench.engine.instances(where, **more), lambda last: last.id, "before"
    )

    # then
    whole = [each.id for each in bench.engine.instances(where, limit=100)]
    assert paged == whole == sorted(whole, reverse=True)
    assert bench.engine.count_instances(where) == len(whole)
    assert bench.engine.count_instances(where, most=1) == 1


def test_an_incident_elsewhere_does_not_hide_where_its_instance_waits(bench: Bench) -> None:
    # given
    wait = {"is": "user_task", "at": "do", "queue": "q"}
    bench.deploy("both", {"all": [wait, {"is": "job", "at": "fetch", "type": "fetch"}]})
    bench.deploy("one", {"any": [wait]})
    stuck = bench.engine.start("both")
    bench.engine.start("one")
    for _ in range(5):
        for job in bench.engine.jobs(stuck.id):
            bench.engine.fail_job(job.id, "no")

    # when
    found = bench.engine.instances(InstanceFilter(waiting_at="do", with_incident=True))

    # then
    assert [each.id for each in found] == [stuck.id]
    assert bench.engine.count_incidents() == 1


def test_queues_tell_each_number_and_running_processes_theirs(bench: Bench) -> None:
    # given
    _deployed(bench)
    bench.engine.claim(bench.engine.user_tasks(queue="q1")[0].id, by="ana")

    # when
    now = bench.clock.move(minutes=15)
    queues = bench.engine.queues(now=now)

    # then
    assert [(q.queue, q.open, q.unclaimed) for q in queues] == [("q0", 4, 4), ("q1", 4, 3)]
    assert bench.engine.queues(now=now, named="Q1") == queues[1:]
    assert bench.engine.queues(now=now, named="_") == []
    bench.deploy("p8", {"any": [{"is": "user_task", "at": "do", "queue": "Ärger"}]})
    bench.engine.start("p8")
    assert [q.queue for q in bench.engine.queues(now=now, named="äR")] == ["Ärger"]
    assert sum(q.overdue for q in queues) == sum(
        task.due is not None and task.due < now for task in bench.engine.user_tasks(limit=100)
    )
    assert bench.engine.count_running(["p0", "p7", "none"]) == {"p0": 1, "p7": 1}
    assert bench.engine.count_claimed("ana") == 1


@pytest.mark.parametrize("queue", [None, "q0", "q1"])
def test_an_agent_goes_on_with_the_first_user_task_that_nobody_else_has(
    bench: Bench, queue: str | None
) -> None:
    # given
    _deployed(bench)
    first, second, third, *others = bench.engine.user_tasks(queue=queue)
    bench.engine.claim(first.id, by="ben")
    bench.engine.claim(second.id, by="ana")

    # when she completes all of them one by one
    way = [second.id]
    while (found := bench.engine.next_user_task(queue, by="ana", besides=way[-1])) is not None:
        bench.engine.complete(way[-1], by="ana")
        way.append(found)

    # then
    assert way == [second.id, third.id, *(task.id for task in others)]
    assert bench.engine.next_user_task("nobody's", by="ana") is None


def test_jobs_of_a_type_come_oldest_first_whatever_became_of_them(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [{"is": "job", "at": "fetch", "type": "fetch"}]})
    for _ in range(4):
        bench.engine.start("care")
    first, second, third, fourth = bench.engine.jobs(type="fetch")
    bench.engine.complete_job(second.id)

    # when
    every = bench.engine.jobs(type="fetch", open_only=False)

    # then
    assert [job.id for job in every] == [first.id, second.id, third.id, fourth.id]
    assert [job.id for job in bench.engine.jobs(type="fetch", limit=2)] == [first.id, third.id]
