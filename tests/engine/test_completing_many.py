"""Many user tasks are completed together; each submission is told what became of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event

from engine import Completion, Source, Submission, UserTask, UserTaskStatus
from engine.errors import (
    AlreadyClaimedError,
    FormRejectedError,
    NotFoundError,
    UnsuitableValueError,
    UserTaskClosedError,
)
from tests.engine.conftest import Bench, flow

FORM = {
    "id": "answer",
    "type": "default",
    "components": [
        {"type": "textfield", "key": "text", "label": "Text", "validate": {"required": True}}
    ],
}


def waiting(bench: Bench, count: int, **more: Any) -> list[UserTask]:
    """Return the user tasks of so many new instances; a second one follows each."""
    first = {"is": "user_task", "at": "answer", "queue": "care"} | more
    form = Source("answer.form", json.dumps(FORM).encode())
    steps = [{"any": [first]}, {"any": [{"is": "user_task", "at": "check"}]}]
    bench.engine.deploy([flow("care", *steps), form])
    return [bench.engine.user_tasks(bench.engine.start("care").id)[0] for _ in range(count)]


def test_each_completion_tells_the_next_user_tasks_of_its_instance(bench: Bench) -> None:
    # given
    tasks = waiting(bench, 3)

    # when
    outcomes = bench.engine.complete_all(
        [Submission(task.id, {"n": n}) for n, task in enumerate(tasks)], by="ana"
    )

    # then
    for number, (task, outcome) in enumerate(zip(tasks, outcomes, strict=True)):
        assert isinstance(outcome, Completion)
        assert outcome.applied
        assert outcome.instance_id == task.instance_id
        assert [each.element for each in outcome.next_user_tasks] == ["check"]
        assert bench.engine.variables(task.instance_id) == {"n": number}
        assert bench.engine.user_task(task.id).claimed_by == "ana"


def test_one_that_is_refused_stops_no_other(bench: Bench) -> None:
    # given
    good, held, done, empty, odd = waiting(bench, 5, form="answer")
    bench.engine.claim(held.id, by="ben")
    bench.engine.complete(done.id, {"text": "Done."}, by="ana")
    tasks = [good.id, held.id, done.id, empty.id, odd.id, 999]
    answers: list[Any] = ["Yes.", "Yes.", "Yes.", "", "Yes.", "Yes."]

    # when
    outcomes = bench.engine.complete_all(
        [Submission(id, {"text": text}) for id, text in zip(tasks, answers, strict=True)], by="ana"
    )

    # then
    expected = [
        *(Completion, AlreadyClaimedError, UserTaskClosedError),
        *(FormRejectedError, Completion, NotFoundError),
    ]
    assert [type(outcome) for outcome in outcomes] == expected
    assert bench.engine.user_task(empty.id).status is UserTaskStatus.CREATED
    assert bench.engine.user_task(held.id).claimed_by == "ben"


def test_an_answer_that_nothing_can_store_fails_alone(bench: Bench) -> None:
    # given
    good, bad = waiting(bench, 2)

    # when
    fine, refused = bench.engine.complete_all(
        [Submission(good.id, {"a": 1}), Submission(bad.id, {"a": object()})]
    )

    # then
    assert isinstance(fine, Completion)
    assert isinstance(refused, UnsuitableValueError)
    assert bench.engine.user_task(bad.id).status is UserTaskStatus.CREATED


def test_what_an_answer_cancels_cannot_be_answered_behind_it(bench: Bench) -> None:
    # given
    waits = [{"is": "user_task", "at": "one"}, {"is": "user_task", "at": "other"}]
    bench.deploy("race", {"any": waits})
    one, other = bench.engine.user_tasks(bench.engine.start("race").id)

    # when
    outcomes = bench.engine.complete_all(
        [Submission(one.id), Submission(other.id), Submission(one.id)], by="ana"
    )

    # then
    assert isinstance(outcomes[0], Completion)
    assert [type(each) for each in outcomes[1:]] == [UserTaskClosedError, UserTaskClosedError]
    assert bench.engine.user_task(other.id).status is UserTaskStatus.CANCELLED


@pytest.mark.parametrize("form", [None, "answer"])
def test_the_number_of_statements_does_not_grow_with_the_batch(
    bench: Bench, form: str | None
) -> None:
    # given
    tasks = waiting(bench, 24, form=form)
    counts = []
    database = bench.core.storage.database  # type: ignore[attr-defined]

    def count(*_: object) -> None:
        counts[-1] += 1

    # when
    event.listen(database.engine, "before_cursor_execute", count)
    for batch in (tasks[:4], tasks[4:]):
        counts.append(0)
        bench.engine.complete_all([Submission(task.id, {"text": "Yes."}) for task in batch])
    event.remove(database.engine, "before_cursor_execute", count)

    # then
    assert counts[1] <= counts[0]
