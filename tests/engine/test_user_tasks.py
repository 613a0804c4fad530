"""Agents claim, release and complete user tasks, and are told plainly when they cannot."""

from __future__ import annotations

import json

import pytest

from engine import Source, UserTask, UserTaskStatus
from engine.errors import AlreadyClaimedError, FormRejectedError, UserTaskClosedError
from engine.ports import Change
from tests.engine.conftest import Bench, flow

FORM = {
    "id": "answer",
    "type": "default",
    "components": [
        {"type": "textfield", "key": "text", "label": "Text", "validate": {"required": True}}
    ],
}


def waiting(bench: Bench, **more: object) -> UserTask:
    """Return the one user task of a new instance."""
    wait = {"is": "user_task", "at": "answer", "queue": "care", "in": 60} | more
    bench.deploy("care", {"any": [wait, {"is": "timer", "at": "late", "in": 600}]})
    (task,) = bench.engine.user_tasks(bench.engine.start("care").id)
    return task


def test_given_a_claimed_task_when_another_claims_it_then_they_hear_who_has_it(
    bench: Bench,
) -> None:
    # given
    task = waiting(bench)
    bench.engine.claim(task.id, by="ana")

    # when
    with pytest.raises(AlreadyClaimedError) as refusal:
        bench.engine.claim(task.id, by="ben")

    # then
    assert refusal.value.holder == "ana"
    assert bench.engine.claim(task.id, by="ana").claimed_by == "ana"
    whats = [entry.what for entry in bench.engine.history(task.instance_id)]
    assert whats.count("claimed") == 1


def test_a_task_with_an_assignee_is_theirs_from_the_start(bench: Bench) -> None:
    task = waiting(bench, assignee="ana")
    assert (task.status, task.claimed_by) == (UserTaskStatus.CLAIMED, "ana")
    assert bench.engine.user_tasks(claimed_by="ana") == [task]


def test_only_the_holder_releases_unless_forced(bench: Bench) -> None:
    # given
    task = waiting(bench)
    bench.engine.claim(task.id, by="ana")

    # when
    with pytest.raises(AlreadyClaimedError):
        bench.engine.release(task.id, by="ben")
    released = bench.engine.release(task.id, by="ben", force=True)

    # then
    assert (released.status, released.claimed_by) == (UserTaskStatus.CREATED, None)
    assert bench.engine.release(task.id, by="ben") == released


def test_completing_an_unclaimed_task_claims_it_by_the_way(bench: Bench) -> None:
    # given
    task = waiting(bench)

    # when
    bench.engine.complete(task.id, by="ana")

    # then
    done = bench.engine.user_task(task.id)
    assert (done.status, done.claimed_by) == (UserTaskStatus.COMPLETED, "ana")


def test_a_task_of_another_agent_cannot_be_completed_but_by_the_program_itself(
    bench: Bench,
) -> None:
    # given
    task = waiting(bench)
    bench.engine.claim(task.id, by="ana")

    # when
    with pytest.raises(AlreadyClaimedError):
        bench.engine.complete(task.id, by="ben")
    bench.engine.complete(task.id)

    # then
    assert bench.engine.user_task(task.id).claimed_by == "ana"


def test_given_a_task_overtaken_by_its_timer_when_completed_then_nothing_is_applied(
    bench: Bench,
) -> None:
    # given
    task = waiting(bench)
    bench.engine.fire_due(bench.clock.move(hours=1))

    # when
    with pytest.raises(UserTaskClosedError) as refusal:
        bench.engine.complete(task.id, {"late": True}, by="ana")

    # then
    assert refusal.value.status == "cancelled"
    assert bench.engine.variables(task.instance_id) == {}
    for refused in (bench.engine.claim, bench.engine.release):
        with pytest.raises(UserTaskClosedError):
            refused(task.id, by="ana")


def test_answers_that_do_not_satisfy_the_form_change_nothing(bench: Bench) -> None:
    # given
    wait = {"is": "user_task", "at": "answer", "form": "answer"}
    form = Source("answer.form", json.dumps(FORM).encode())
    bench.engine.deploy([flow("care", {"any": [wait]}), form])
    (task,) = bench.engine.user_tasks(bench.engine.start("care").id)

    # when
    with pytest.raises(FormRejectedError) as refusal:
        bench.engine.complete(task.id, {"text": ""}, by="ana")

    # then
    assert set(refusal.value.errors) == {"text"}
    assert bench.engine.user_task(task.id).status is UserTaskStatus.CREATED
    assert bench.engine.form(task.id) is not None


def test_answers_that_are_not_in_the_form_are_dropped(bench: Bench) -> None:
    # given
    wait = {"is": "user_task", "at": "answer", "form": "answer"}
    form = Source("answer.form", json.dumps(FORM).encode())
    bench.engine.deploy([flow("care", {"any": [wait]}), form])
    (task,) = bench.engine.user_tasks(bench.engine.start("care").id)

    # when
    bench.engine.complete(task.id, {"text": "Sorry.", "admin": True}, by="ana")

    # then
    assert bench.engine.variables(task.instance_id) == {"text": "Sorry."}


def test_a_new_version_of_a_form_does_not_change_tasks_of_the_old_definition(bench: Bench) -> None:
    # given
    wait = {"is": "user_task", "at": "answer", "form": "answer"}
    old = Source("answer.form", json.dumps(FORM).encode())
    bench.engine.deploy([flow("care", {"any": [wait]}), old])
    (task,) = bench.engine.user_tasks(bench.engine.start("care").id)

    # when
    bench.engine.deploy([Source("answer.form", json.dumps(FORM | {"components": []}).encode())])

    # then
    form = bench.engine.form(task.id)
    assert form is not None
    assert form.schema == FORM


def test_queues_are_counted_and_know_what_is_overdue(bench: Bench) -> None:
    # given
    first = waiting(bench)
    bench.engine.start("care")
    bench.engine.claim(first.id, by="ana")

    # when
    (queue,) = bench.engine.queues(now=bench.clock.move(minutes=2))

    # then
    assert (queue.queue, queue.open, queue.unclaimed, queue.overdue) == ("care", 2, 1, 2)
    assert len(bench.engine.user_tasks(overdue_at=bench.clock.now())) == 2
    assert bench.engine.user_tasks(queue="sales") == []


def test_completing_tells_what_comes_next(bench: Bench) -> None:
    # given
    bench.deploy(
        "care",
        {"any": [{"is": "user_task", "at": "first"}]},
        {"any": [{"is": "user_task", "at": "second"}]},
    )
    (task,) = bench.engine.user_tasks(bench.engine.start("care").id)

    # when
    done = bench.engine.complete(task.id, by="ana")

    # then
    assert [each.element for each in done.next_user_tasks] == ["second"]


def test_open_pages_hear_of_every_change_of_a_task_after_the_commit(bench: Bench) -> None:
    # given
    seen: list[Change] = []
    stop = bench.engine.on_change(seen.extend)
    task = waiting(bench)
    created = [change for change in seen if change.kind == "user_task"]
    seen.clear()

    # when
    bench.engine.claim(task.id, by="ana")
    claimed = list(seen)
    bench.engine.complete(task.id, by="ana")
    stop()
    bench.engine.start("care")

    # then
    assert created == [Change("default", "user_task", task.id, "care")]
    assert claimed == created
    assert Change("default", "instance", task.instance_id) in seen
    assert {change.id for change in seen if change.kind == "user_task"} == {task.id}


def test_a_listener_that_fails_does_not_undo_what_is_committed(bench: Bench) -> None:
    # given
    task = waiting(bench)

    def fail(changes: object) -> None:
        raise RuntimeError("a broken page")

    bench.engine.on_change(fail)

    # when
    bench.engine.claim(task.id, by="ana")

    # then
    assert bench.engine.user_task(task.id).claimed_by == "ana"
