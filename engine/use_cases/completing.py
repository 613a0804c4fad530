"""Completing user tasks: one by a person, or many at once, with the same few statements.

Each submission has its own outcome; one that is refused stops no other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.definitions import Form
from engine.errors import (
    AlreadyClaimedError,
    EngineError,
    FormRejectedError,
    NotFoundError,
    UserTaskClosedError,
    UserTaskError,
)
from engine.ports import Change, Event, EventKind
from engine.records import Answered
from engine.stores import Transaction
from engine.use_cases import seeing
from engine.use_cases.bound import Core
from engine.user_tasks import OPEN, Completion, Submission, UserTask, UserTaskStatus

#: What became of a submission: a refused one has the error that completing it alone raises.
Outcome = Completion | EngineError


class Completing:
    """The submissions of one agent in one transaction."""

    def __init__(self, core: Core, tx: Transaction, by: str | None, now: datetime) -> None:
        """Work in ``tx`` at the moment ``now``, UTC; ``by`` is the agent's login, if any."""
        self._core, self._tx, self._by, self._now = core, tx, by, now
        self._forms: dict[tuple[str, int], Form | None] = {}

    def complete(self, submissions: Sequence[Submission]) -> list[Outcome]:
        """Complete user tasks, advance their instances, and return the outcomes in order."""
        outcomes: dict[int, Outcome] = {}
        left = dict(enumerate(submissions))
        while left:
            tasks = self._tx.user_tasks.answered({each.user_task_id for each in left.values()})
            turn = _of_different_instances(left, tasks)
            found = self._together(turn, tasks)
            outcomes |= {at: found[each.user_task_id] for at, each in turn.items()}
            left = {at: each for at, each in left.items() if at not in turn}
        return [outcomes[at] for at in range(len(submissions))]

    def _together(
        self, turn: Mapping[int, Submission], tasks: Mapping[int, Answered]
    ) -> dict[int, Outcome]:
        """Return the outcomes by the id of the user task."""
        outcomes: dict[int, Outcome] = {}
        events: dict[int, Event] = {}
        for each in turn.values():
            id = each.user_task_id
            try:
                events[id] = self._event(each, tasks.get(id))
            except EngineError as refusal:
                outcomes[id] = refusal
        completed = self._tx.user_tasks.complete(events, self._by, self._now)
        if lost := events.keys() - completed:
            # Another agent has it, or somebody was here between our look and our change.
            now = self._tx.user_tasks.answered(lost)
            outcomes |= {id: why_refused(now.get(id, tasks[id])) for id in lost}
        taken = {id: (tasks[id], event) for id, event in events.items() if id in completed}
        return outcomes | self._advanced(taken)

    def _event(self, submission: Submission, task: Answered | None) -> Event:
        """Return the event that a submission is. Raises an ``EngineError`` for one to refuse."""
        if task is None:
            raise NotFoundError("user task", submission.user_task_id)
        if task.status not in OPEN:
            raise UserTaskClosedError(task.id, task.status)
        return Event(
            EventKind.USER_TASK_COMPLETED,
            token=task.token,
            slot=task.slot,
            payload=self._answers(submission.data or {}, task),
            opened_with=submission.opened_with,
            by=self._by,
        )

    def _answers(self, data: Mapping[str, Any], task: Answered) -> dict[str, Any]:
        """Return what was submitted as the form of the task takes it."""
        form = self._form(task)
        if form is None:
            return dict(data)
        seen = seeing.variables(self._core, self._tx, task.definition_id, task.state, task.token)
        answers, errors = self._core.check_form(form.schema, data, variables=seen)
        if errors:
            raise FormRejectedError(errors)
        return answers

    def _form(self, task: Answered) -> Form | None:
        if not task.form:
            return None
        at = task.form, task.definition_id
        if at not in self._forms:
            self._forms[at] = self._tx.definitions.form(*at)
        return self._forms[at]

    def _advanced(self, taken: Mapping[int, tuple[Answered, Event]]) -> dict[int, Outcome]:
        """Apply the events, and return what came of them by the id of the user task."""
        tx = self._tx
        tx.inbox.add([(task.instance_id, event) for task, event in taken.values()])
        ids = {task.instance_id for task, _ in taken.values()}
        tx.to_wake.update(ids)
        for task, _ in taken.values():
            tx.note(Change(tx.workspace.key, "user_task", task.id, task.queue))
        free = self._core.advancer.run(tx, ids, now=self._now, wait=False) if ids else frozenset()
        following = tx.user_tasks.open_of(free)
        return {
            id: UserTaskClosedError(id, UserTaskStatus.CANCELLED)
            if (task.instance_id, task.token) in tx.too_late
            else _completion(task.instance_id, free, following)
            for id, (task, _) in taken.items()
        }


def _of_different_instances(
    left: Mapping[int, Submission], tasks: Mapping[int, Answered]
) -> dict[int, Submission]:
    """Return the first submission of each instance, and those of which no task is known.

    What an answer does to its instance may close the next task of it: they take turns.
    """
    turn: dict[int, Submission] = {}
    seen: set[int] = set()
    for at, each in left.items():
        task = tasks.get(each.user_task_id)
        instance = -each.user_task_id if task is None else task.instance_id
        if instance not in seen:
            seen.add(instance)
            turn[at] = each
    return turn


def _completion(
    instance_id: int, free: Collection[int], following: Mapping[int, Sequence[UserTask]]
) -> Completion:
    applied = instance_id in free
    return Completion(instance_id, applied, tuple(following.get(instance_id, ())))


def why_refused(task: Answered | UserTask) -> UserTaskError:
    """Return why an agent cannot have a user task: it is over, or another one has it."""
    if task.status not in OPEN:
        return UserTaskClosedError(task.id, task.status)
    return AlreadyClaimedError(task.id, task.claimed_by or "Somebody")


__all__ = ["Completing", "Outcome", "why_refused"]
