"""What agents do: see their queues, claim, release and complete user tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from engine.definitions import Form
from engine.errors import AlreadyClaimedError, FormRejectedError, UserTaskClosedError, UserTaskError
from engine.history import HistoryEntry, What
from engine.ports import Change, Event, EventKind
from engine.stores import Transaction
from engine.use_cases.bound import Bound
from engine.user_tasks import OPEN, Completion, QueueSummary, UserTask, UserTaskStatus


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

    def queues(self, *, now: datetime | None = None) -> list[QueueSummary]:
        """Return the queues that hold open user tasks; ``now`` decides what is overdue."""
        with self._reading() as tx:
            return tx.user_tasks.queues(now or self.clock.now())

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
                raise _refusal(tx.user_tasks.get(id))
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
                raise _refusal(tx.user_tasks.get(id))
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

        def work(tx: Transaction) -> Completion:
            task = tx.user_tasks.get(id)
            if task.status not in OPEN:
                raise UserTaskClosedError(id, task.status)
            answers = self._checked(tx, task, data or {})
            if not tx.user_tasks.complete(id, by, self.clock.now()):
                raise _refusal(tx.user_tasks.get(id))
            token, slot = tx.user_tasks.wait(id)
            event = Event(
                EventKind.USER_TASK_COMPLETED,
                token=token,
                slot=slot,
                payload=answers,
                opened_with=opened_with,
                by=by,
            )
            tx.inbox.add([(task.instance_id, event)])
            tx.to_wake.add(task.instance_id)
            tx.note(Change(self.workspace.key, "user_task", id, task.queue))
            applied = self._advance_now(tx, None, task.instance_id)
            return Completion(
                task.instance_id, applied, self._next(tx, task.instance_id) if applied else ()
            )

        return self._write(work)

    def form(self, user_task_id: int) -> Form | None:
        """Return the form of a user task; None when it has none, or it is not deployed."""
        with self._reading() as tx:
            return self._form(tx, tx.user_tasks.get(user_task_id))

    def _form(self, tx: Transaction, task: UserTask) -> Form | None:
        if not task.form:
            return None
        return tx.definitions.form(task.form, tx.instances.get(task.instance_id).definition_id)

    def _checked(self, tx: Transaction, task: UserTask, data: Mapping[str, Any]) -> dict[str, Any]:
        form = self._form(tx, task)
        if form is None:
            return dict(data)
        instance = tx.instances.get(task.instance_id)
        seen = self._core.runner.variables(
            tx.catalogue.process(instance.definition_id),
            tx.instances.state(task.instance_id) or b"",
            token=tx.user_tasks.wait(task.id)[0],
            catalogue=tx.catalogue,
        )
        answers, errors = self._core.check_form(form.schema, data, variables=seen)
        if errors:
            raise FormRejectedError(errors)
        return answers

    def _next(self, tx: Transaction, instance_id: int) -> tuple[UserTask, ...]:
        found = tx.user_tasks.find(
            instance_id,
            queue=None,
            claimed_by=None,
            open_only=True,
            overdue_at=None,
            after=None,
            limit=50,
        )
        return tuple(found)

    def _record(self, tx: Transaction, task: UserTask, what: What, by: str) -> None:
        entry = HistoryEntry(task.element, what, self.clock.now(), by=by)
        tx.instances.record([(task.instance_id, entry)])
        tx.note(Change(self.workspace.key, "user_task", task.id, task.queue))


def _refusal(task: UserTask) -> UserTaskError:
    if task.status not in OPEN:
        return UserTaskClosedError(task.id, task.status)
    return AlreadyClaimedError(task.id, task.claimed_by or "Somebody")
