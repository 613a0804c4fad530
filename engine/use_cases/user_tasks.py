"""What agents do: see their queues, claim, release and complete user tasks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.definitions import Form
from engine.errors import (
    EngineError,
    StaleRevisionError,
    StorageError,
)
from engine.figures import COUNTED
from engine.history import HistoryEntry, What
from engine.ports import Change
from engine.records import OpenedUserTask
from engine.stores import Transaction
from engine.use_cases import seeing
from engine.use_cases.bound import Bound
from engine.use_cases.completing import Completing, Outcome, why_refused
from engine.user_tasks import (
    OPEN,
    Completion,
    QueueSummary,
    Submission,
    UserTask,
    UserTaskStatus,
)

#: Submissions a transaction: so long others may have to wait for an instance.
_TOGETHER = 50


class UserTaskUseCases(Bound):
    """User tasks of one workspace."""

    def user_tasks(
        self,
        instance_id: int | None = None,
        *,
        queue: str | None = None,
        claimed_by: str | None = None,
        open_only: bool = True,
        overdue_at: datetime | None = None,
        after: tuple[datetime | None, int] | None = None,
        limit: int = 50,
    ) -> list[UserTask]:
        """Return user tasks, soonest due first, then by priority, then by id.

        Args:
            instance_id: of this instance only.
            queue: of this queue only.
            claimed_by: held by this agent only.
            open_only: leave out completed and cancelled ones.
            overdue_at: due before this moment, UTC, only.
            after: (due, id) of the last one of the page before.
            limit: at most so many.
        """
        with self._reading() as tx:
            return tx.user_tasks.find(
                instance_id,
                queue=queue,
                claimed_by=claimed_by,
                open_only=open_only,
                overdue_at=overdue_at,
                after=after,
                limit=limit,
            )

    def user_task(self, id: int) -> UserTask:
        """Return one user task. Raises ``NotFoundError``."""
        with self._reading() as tx:
            return tx.user_tasks.get(id)

    def user_tasks_among(self, ids: Collection[int]) -> dict[int, UserTask]:
        """Return those of the user tasks that there are, by id, open or not."""
        with self._reading() as tx:
            return tx.user_tasks.among(ids)

    def user_tasks_of(self, instance_ids: Collection[int]) -> dict[int, list[UserTask]]:
        """Return the open user tasks of instances, by instance, soonest due first."""
        with self._reading() as tx:
            return tx.user_tasks.open_of(instance_ids)

    def next_user_task(self, queue: str | None, *, by: str, besides: int = 0) -> int | None:
        """Return the id of the user task an agent goes on with; None when there is none left.

        Args:
            queue: in this queue; None is in any.
            by: login of the agent: it is free, or claimed by them already.
            besides: not the one with this id.
        """
        with self._reading() as tx:
            return tx.user_tasks.next_for(queue, by, besides)

    def count_claimed(self, by: str, *, most: int = COUNTED) -> int:
        """Return how many open user tasks an agent has claimed; counting ends at ``most``."""
        with self._reading() as tx:
            return tx.user_tasks.held(by, most=most)

    def queues(self, *, now: datetime | None = None, named: str = "") -> list[QueueSummary]:
        """Return the queues that hold open user tasks, by name.

        Each number is counted up to :data:`engine.figures.COUNTED`: more are that many.

        Args:
            now: decides what is overdue.
            named: those whose name holds this, in whatever letters.
        """
        with self._reading() as tx:
            return tx.user_tasks.queues(now or self.clock.now(), named)

    def claim(self, id: int, *, by: str) -> UserTask:
        """Give a user task to an agent; again by the same agent changes nothing.

        Raises:
            NotFoundError: no such user task.
            AlreadyClaimedError: another agent was first.
            UserTaskClosedError: it was completed or cancelled meanwhile.
        """

        def work(tx: Transaction) -> UserTask:
            before = tx.user_tasks.get(id)
            if not tx.user_tasks.claim(id, by):
                raise why_refused(tx.user_tasks.get(id))
            if before.claimed_by != by:
                self._record(tx, before, What.CLAIMED, by)
            return tx.user_tasks.get(id)

        return self._write(work)

    def release(self, id: int, *, by: str, force: bool = False) -> UserTask:
        """Put a claimed user task back into its queue; ``force`` takes it from whoever has it.

        Raises:
            NotFoundError: no such user task.
            AlreadyClaimedError: another agent holds it, and ``force`` is not set.
            UserTaskClosedError: it was completed or cancelled meanwhile.
        """

        def work(tx: Transaction) -> UserTask:
            before = tx.user_tasks.get(id)
            if before.status is UserTaskStatus.CREATED:
                return before
            if not tx.user_tasks.release(id, None if force else by):
                raise why_refused(tx.user_tasks.get(id))
            self._record(tx, before, What.RELEASED, by)
            return tx.user_tasks.get(id)

        return self._write(work)

    def complete(
        self,
        id: int,
        data: Mapping[str, Any] | None = None,
        *,
        by: str | None = None,
        opened_with: Mapping[str, Any] | None = None,
    ) -> Completion:
        """Complete a user task and advance its instance in the same transaction.

        Args:
            id: of the user task; an unclaimed one is claimed by the way.
            data: the answers; checked against the form, when there is one.
            by: login of the agent. None is the embedding program itself: it may complete
                whatever is open.
            opened_with: the answers as they were when the agent opened the form. What somebody
                else changed meanwhile, and the agent did not, stays changed.

        Raises:
            NotFoundError: no such user task.
            AlreadyClaimedError: another agent holds it.
            UserTaskClosedError: it was completed or cancelled meanwhile.
            FormRejectedError: the answers do not satisfy the form; nothing was changed.
        """
        submission = Submission(id, data, opened_with)
        (outcome,) = self._write(lambda tx: self._completing(tx, by).complete([submission]))
        if isinstance(outcome, EngineError):
            raise outcome
        return outcome

    def complete_all(
        self, submissions: Sequence[Submission], *, by: str | None = None
    ) -> list[Completion | EngineError]:
        """Complete many user tasks, and advance their instances, with few statements.

        Returns:
            One outcome for each submission, in their order: what :meth:`complete` returns, or the
            error that it raises. One that is refused stops no other.
        """
        outcomes: list[Completion | EngineError] = []
        for first in range(0, len(submissions), _TOGETHER):
            outcomes += self._completed(submissions[first : first + _TOGETHER], by)
        return outcomes

    def _completed(self, submissions: Sequence[Submission], by: str | None) -> list[Outcome]:
        try:
            return self._write(lambda tx: self._completing(tx, by).complete(submissions))
        except (StaleRevisionError, StorageError):
            raise  # no submission is to blame
        except EngineError as error:
            if len(submissions) == 1:
                return [error]
        return [each for one in submissions for each in self._completed([one], by)]

    def _completing(self, tx: Transaction, by: str | None) -> Completing:
        return Completing(self._core, tx, by, self.clock.now())

    def form(self, user_task_id: int) -> Form | None:
        """Return the form of a user task; None when it has none, or it is not deployed."""
        with self._reading() as tx:
            return _form(tx, tx.user_tasks.get(user_task_id))

    def open_user_task(self, id: int, *, waiting: bool = False) -> OpenedUserTask:
        """Return everything a person needs to work on a user task.

        Args:
            id: of the user task.
            waiting: also where its instance waits, on PostgreSQL a moment later.

        Raises:
            NotFoundError: no such user task.
        """
        with self._reading() as tx:
            seen = tx.user_tasks.seen(id)
            task = seen.task
            token = seen.token if task.status in OPEN else None
            return OpenedUserTask(
                task,
                seen.key,
                seen.version,
                _form(tx, task),
                seeing.readable(self._core, tx, task.definition_id, seen.state, token),
                tx.instances.waiting(task.instance_id) if waiting else (),
            )

    def _record(self, tx: Transaction, task: UserTask, what: What, by: str) -> None:
        entry = HistoryEntry(task.element, what, self.clock.now(), by=by)
        tx.instances.record([(task.instance_id, entry)])
        tx.note(Change(self.workspace.key, "user_task", task.id, task.queue))


def _form(tx: Transaction, task: UserTask) -> Form | None:
    return tx.definitions.form(task.form, task.definition_id) if task.form else None
