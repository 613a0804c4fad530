"""What the engine does must be the same on every database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from engine import Correlated, InstanceFilter, InstanceStatus, Message
from engine.errors import (
    AlreadyClaimedError,
    NotStartableError,
    StaleRevisionError,
    UnsuitableValueError,
)
from engine.records import Written
from tests.engine.conftest import Bench, flow
from tests.wakers import Deaf

TASK = {"is": "user_task", "at": "answer", "queue": "care", "in": 60}
LATE = {"is": "timer", "at": "late", "in": 120}


def talk(key: str = "talk") -> dict[str, object]:
    return {"is": "message", "at": "wait", "name": "mention", "key": key}


def test_given_an_instance_when_its_user_task_is_completed_then_it_ends(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK, LATE]})
    instance = bench.engine.start("care", {"text": "späť 🙂"}, business_key="x:1")
    (task,) = bench.engine.user_tasks(instance.id)

    # when
    done = bench.engine.complete(task.id, {"answer": 1}, by="ana")

    # then
    assert done.applied
    detail = bench.engine.instance(instance.id)
    assert detail.status is InstanceStatus.COMPLETED
    assert detail.variables == {"text": "späť 🙂", "answer": 1}
    assert detail.waiting == ()
    assert bench.engine.next_due() is None
    told = [(entry.element, entry.what, entry.by) for entry in bench.engine.history(instance.id)]
    assert told == [
        (None, "started", None),
        ("answer", "entered", None),
        ("late", "entered", None),
        ("answer", "completed", "ana"),
        ("late", "cancelled", None),
        (None, "ended", None),
    ]


def test_moments_come_back_in_utc_whatever_zone_they_went_in(bench: Bench) -> None:
    # given
    east = datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    bench.deploy("care", {"any": [TASK]})

    # when
    bench.clock.moment = east
    instance = bench.engine.start("care", {"at": east, "on": date(2026, 7, 1)})

    # then
    found = bench.engine.instance(instance.id)
    assert found.started_at == east
    assert found.started_at.tzinfo is UTC
    assert found.next_due == east + timedelta(seconds=60)


def test_user_tasks_come_soonest_due_first_then_by_priority_and_page_without_gaps(
    bench: Bench,
) -> None:
    # given
    dues = [None, 50, 10, 10, 30, None, 10]
    for number, due in enumerate(dues):
        wait = {"is": "user_task", "at": f"t{number}", "queue": "q", "priority": number * 10}
        bench.deploy(f"p{number}", {"any": [wait if due is None else wait | {"in": due}]})
        bench.engine.start(f"p{number}")

    # when
    pages, after = [], None
    while page := bench.engine.user_tasks(queue="q", after=after, limit=2):
        pages += page
        after = (page[-1].due, page[-1].id)

    # then
    assert [task.element for task in pages] == ["t6", "t3", "t2", "t4", "t1", "t5", "t0"]


def test_instances_page_backwards_by_id_and_are_narrowed_by_every_filter(bench: Bench) -> None:
    # given
    bench.deploy("one", {"any": [TASK]})
    bench.deploy("two", {"fail": "no"})
    first = bench.engine.start("one", business_key="b:1")
    second = bench.engine.start("two")
    third = bench.engine.start("one")
    bench.engine.cancel(third.id, by="ida")
    now = bench.clock.move(minutes=5)

    def found(**where: object) -> list[int]:
        return [each.id for each in bench.engine.instances(InstanceFilter(**where))]  # type: ignore[arg-type]

    # when, then
    assert found() == [third.id, second.id, first.id]
    assert found(key="one") == [third.id, first.id]
    assert found(status=InstanceStatus.ACTIVE) == [second.id, first.id]
    assert found(waiting_at="answer") == [first.id]
    assert found(waiting_at="broken") == [second.id]
    assert found(overdue_at=now) == [first.id]
    assert found(with_incident=True) == [second.id]
    assert found(started_before=now) == [third.id, second.id, first.id]
    assert found(business_key="b:1") == [first.id]
    assert [each.id for each in bench.engine.instances(before=third.id, limit=1)] == [second.id]


def test_a_page_of_messages_starts_one_instance_a_key_and_keeps_the_rest_in_order(
    bench: Bench,
) -> None:
    # given
    again = {"any": [talk("{key}")]}
    bench.deploy("care", again, again, message_starts=["mention"], none_start=False)
    messages = [
        Message("mention", f"k{n % 3}", {"key": f"k{n % 3}", "n": n}, f"b{n % 3}") for n in range(9)
    ]

    # when
    with bench.engine.transaction() as uow:
        found = bench.engine.correlate_all(messages, within=uow)

    # then
    outcomes = [each.outcome for each in found]
    assert outcomes == [Correlated.STARTED] * 3 + [Correlated.BUFFERED] * 6
    assert [each.instance_id for each in found] == [each.instance_id for each in found[:3]] * 3
    for number, each in enumerate(found[:3]):
        detail = bench.engine.instance(each.instance_id or 0)
        assert detail.status is InstanceStatus.COMPLETED
        assert detail.variables == {"key": f"k{number}", "n": number + 6}
        assert detail.business_key == f"b{number}"


def test_an_active_correlation_key_cannot_be_started_twice(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    bench.engine.start("care", correlation_key="k")

    # when
    with pytest.raises(NotStartableError, match="'k' already"):
        bench.engine.start("care", correlation_key="k")

    # then
    assert len(bench.engine.instances()) == 1


def test_a_rolled_back_transaction_leaves_nothing_and_wakes_nobody(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    called: list[int] = []

    # when
    def fail() -> None:
        with bench.engine.transaction() as uow:
            bench.engine.start("care", within=uow)
            uow.after_commit(lambda: called.append(1))
            raise KeyError

    with pytest.raises(KeyError):
        fail()

    # then
    assert bench.engine.instances() == []
    assert called == []
    assert bench.runner.runs == 0


def test_an_old_revision_is_not_overwritten(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    instance = bench.engine.start("care")
    storage = bench.core.storage
    with storage.read(bench.engine.workspace) as tx:
        state = tx.instances.state(instance.id)

    # when, then
    with pytest.raises(StaleRevisionError), storage.write(bench.engine.workspace) as tx:
        old = Written(instance.id, 0, InstanceStatus.COMPLETED, b"old", None)
        tx.instances.write([old])
    with storage.read(bench.engine.workspace) as tx:
        assert tx.instances.state(instance.id) == state


@pytest.mark.parametrize("value", [object(), float("nan"), {1, 2}, b"bytes"])
def test_a_variable_that_is_no_json_is_refused(bench: Bench, value: object) -> None:
    bench.deploy("care", {"any": [TASK]})
    with pytest.raises(UnsuitableValueError):
        bench.engine.start("care", {"value": value})
    assert bench.engine.instances() == []


def at_once(*calls: Callable[[], object]) -> list[BaseException]:
    """Make calls in threads that begin together; return what they raised."""
    barrier = threading.Barrier(len(calls))
    raised: list[BaseException] = []

    def run(call: Callable[[], object]) -> None:
        barrier.wait()
        try:
            call()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            raised.append(error)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def test_given_two_agents_when_both_claim_at_once_then_one_is_told_who_was_first(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [TASK]})
    (task,) = bench.engine.user_tasks(bench.engine.start("care").id)

    # when
    raised = at_once(
        lambda: bench.engine.claim(task.id, by="ana"), lambda: bench.engine.claim(task.id, by="ben")
    )

    # then
    (refusal,) = raised
    assert isinstance(refusal, AlreadyClaimedError)
    assert refusal.holder == bench.engine.user_task(task.id).claimed_by


def test_given_two_threads_when_they_complete_different_tasks_of_one_instance_then_both_count(
    bench: Bench,
) -> None:
    # given
    tasks = [{"is": "user_task", "at": f"t{n}"} for n in range(4)]
    bench.deploy("care", {"all": tasks})
    instance = bench.engine.start("care")
    ids = [task.id for task in bench.engine.user_tasks(instance.id)]

    # when
    raised = at_once(
        *(
            lambda id=id, n=n: bench.engine.complete(id, {f"a{n}": n}, by=f"agent{n}")
            for n, id in enumerate(ids)
        )
    )

    # then
    assert raised == []
    detail = bench.engine.instance(instance.id)
    assert detail.status is InstanceStatus.COMPLETED
    assert detail.variables == {"a0": 0, "a1": 1, "a2": 2, "a3": 3}


def test_given_two_first_mentions_of_a_conversation_at_once_then_one_instance_has_both(
    bench: Bench,
) -> None:
    # given
    bench.deploy("care", {"any": [talk("k")]}, message_starts=["mention"])

    # when
    raised = at_once(
        *(lambda n=n: bench.engine.correlate("mention", "k", {f"n{n}": n}) for n in range(4))
    )

    # then: the first starts, the second ends it, the third starts the next, the fourth ends it
    assert raised == []
    found = bench.engine.instances()
    assert [each.status for each in found] == [InstanceStatus.COMPLETED] * 2
    seen = [key for each in found for key in bench.engine.variables(each.id)]
    assert sorted(seen) == ["n0", "n1", "n2", "n3"]


def test_given_a_busy_instance_when_a_task_is_completed_then_nobody_waits_and_it_is_applied(
    bench: Bench, ready_url: str
) -> None:
    # given: another transaction holds the instance while ana completes her task
    if not ready_url.startswith("postgresql"):
        pytest.skip("SQLite lets one writer in at a time: an instance is never busy there")
    bench.deploy("care", {"all": [TASK, {"is": "user_task", "at": "other"}]})
    instance = bench.engine.start("care")
    first, second = bench.engine.user_tasks(instance.id)
    woken: list[int] = []
    bench.engine.use_waker(Noting(woken))

    # when
    holding = bench.core.storage.write(bench.engine.workspace)
    with holding as tx:
        tx.instances.lock([instance.id], wait=True)
        raised = at_once(lambda: woken.append(-bench.engine.complete(first.id).applied))

    # then
    assert raised == []
    assert woken == [instance.id, 0]
    assert bench.engine.advance([instance.id]) == 1
    assert [task.id for task in bench.engine.user_tasks(instance.id)] == [second.id]


class Noting(Deaf):
    """A waker that only notes whom it should have woken."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def wake(self, instance_ids: Iterable[int]) -> None:
        self.ids.extend(instance_ids)


def test_given_timers_fired_by_two_threads_then_each_fires_once(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [LATE]})
    ids = [bench.engine.start("care").id for _ in range(20)]
    now = bench.clock.move(minutes=5)
    counts: list[int] = []

    # when
    raised = at_once(*([lambda: counts.append(bench.engine.fire_due(now))] * 2))

    # then
    assert raised == []
    assert bench.engine.fire_due(now) + sum(counts) == 20
    for id in ids:
        told = [entry.what for entry in bench.engine.history(id) if entry.element == "late"]
        assert told == ["entered", "completed"]


def test_the_same_files_again_are_no_new_version_unless_others_came_between(bench: Bench) -> None:
    # given
    one = flow("care", {"any": [TASK]})
    two = flow("care", {"any": [LATE]})

    # when
    first = bench.engine.deploy([one], by="dora")
    same = bench.engine.deploy([one])
    other = bench.engine.deploy([two])
    back = bench.engine.deploy([one])

    # then
    assert same.id == first.id
    assert [d.definitions[0].version for d in (first, other, back)] == [1, 2, 3]
    assert [each.version for each in bench.engine.definitions(key="care")] == [3, 2, 1]
    assert bench.engine.resource(first.definitions[0].id) == one.content
    assert bench.engine.deployment(first.id) == first
    assert [*first.found_in] == [one.name]


def test_given_the_same_key_deployed_by_two_at_once_then_there_are_two_versions(
    bench: Bench,
) -> None:
    # when
    raised = at_once(
        *(
            lambda n=n: bench.engine.deploy([flow("care", {"any": [TASK]}, name=f"Care {n}")])
            for n in range(3)
        )
    )

    # then
    assert raised == []
    assert [each.version for each in bench.engine.definitions(key="care")] == [3, 2, 1]


def test_given_a_workspace_created_by_two_at_once_then_there_is_one(bench: Bench) -> None:
    raised = at_once(*([lambda: bench.engine.create_workspace("brand", "Brand")] * 4))
    assert raised == []
    assert [each.key for each in bench.engine.workspaces()] == ["brand", "default"]


def test_given_messages_and_waits_that_meet_at_the_same_moment_then_none_stays_alone(
    bench: Bench,
) -> None:
    # given: instances open their wait while their message is on its way
    bench.deploy("care", {"any": [talk("{key}")]})
    keys = [f"k{n}" for n in range(8)]

    # when
    raised = at_once(
        lambda: [bench.engine.start("care", {"key": key}) for key in keys],
        lambda: [bench.engine.correlate("mention", key) for key in keys],
        lambda: [bench.engine.correlate("mention", f"other {key}") for key in keys],
    )

    # then
    assert raised == []
    assert {each.status for each in bench.engine.instances()} == {InstanceStatus.COMPLETED}
