"""Starting, reaching, watching and ending process instances."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from engine.correlation import correlate, signal
from engine.definitions import DefinitionKind
from engine.errors import NotFoundError, NotStartableError
from engine.figures import COUNTED
from engine.history import HistoryEntry
from engine.instances import Instance, InstanceDetail, InstanceFilter, InstanceStatus
from engine.messages import Correlation, Message
from engine.ports import Event, EventKind, UnitOfWork
from engine.records import NewInstance, Starter
from engine.starting import begin
from engine.stores import Transaction
from engine.use_cases import seeing
from engine.use_cases.bound import Bound
from engine.use_cases.definitions import missing


class InstanceUseCases(Bound):
    """Process instances of one workspace."""

    def start(
        self,
        key: str,
        variables: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        correlation_key: str | None = None,
        within: UnitOfWork | None = None,
    ) -> Instance:
        """Start an instance of the newest startable version and run it to its first waits.

        Args:
            key: of the process definition.
            variables: JSON values, dates and moments; the process's defaults fill the rest.
            business_key: how people know the case; need not be unique.
            correlation_key: messages of this key are for this instance while it is active.
            within: an open transaction; then the instance runs when that ends.

        Raises:
            NotFoundError: no such definition.
            NotStartableError: it is a draft, has no plain start event, or an active instance
                bears the correlation key already.
            UnsuitableValueError: a variable cannot be stored.
        """

        def work(tx: Transaction) -> Instance:
            definition_id = _startable(tx, key)
            if correlation_key is not None and tx.instances.active([(key, correlation_key)]):
                raise NotStartableError(
                    key, f"an active instance has the correlation key {correlation_key!r} already."
                )
            now = self.clock.now()
            new = NewInstance(definition_id, key, business_key, correlation_key, now)
            (id,) = tx.instances.insert([new])
            event = Event(
                EventKind.STARTED, correlation_key=correlation_key, payload=variables or {}
            )
            tx.inbox.add([(id, event)])
            tx.to_wake.add(id)
            self._advance_now(tx, within, id)
            return tx.instances.get(id)

        return self._write(work, within)

    def correlate(
        self,
        name: str,
        correlation_key: str | None = None,
        payload: Mapping[str, Any] | None = None,
        *,
        business_key: str | None = None,
        time_to_live: timedelta | None = None,
        within: UnitOfWork | None = None,
    ) -> Correlation:
        """Send one message, and advance whom it reaches. See :mod:`engine.messages`.

        Args:
            name: of the message.
            correlation_key: which instance is meant; None reaches waits without a key alone.
            payload: becomes variables.
            business_key: of an instance that it starts.
            time_to_live: how long it is kept while nobody waits for it; None is for ever, and
                nothing is for those alone who wait already.
            within: an open transaction; then instances are advanced when that ends.
        """
        expires_at = None if time_to_live is None else self.clock.now() + time_to_live
        message = Message(name, correlation_key, payload or {}, business_key, expires_at=expires_at)
        return self.correlate_all([message], within=within)[0]

    def correlate_all(
        self,
        messages: Sequence[Message],
        *,
        process: str | None = None,
        within: UnitOfWork | None = None,
    ) -> list[Correlation]:
        """Send many messages with few statements; the results are in their order.

        Args:
            messages: in the order they happened.
            process: key of the only process that may be started; None: whichever is meant.
            within: an open transaction; then instances are advanced when that ends.
        """

        def work(tx: Transaction) -> list[Correlation]:
            found = correlate(tx, messages, now=self.clock.now(), process=process)
            self._advance_now(tx, within, *sorted(tx.to_wake))
            return found

        return self._write(work, within)

    def signal(
        self,
        name: str,
        payload: Mapping[str, Any] | None = None,
        *,
        within: UnitOfWork | None = None,
    ) -> int:
        """Tell everybody about a signal, and return how many instances it reached or started.

        Every instance that waits for it goes on, and every process with a start event for it
        starts one, all in one transaction. Whoever begins to wait later does not hear of it.
        """

        def work(tx: Transaction) -> int:
            ids = signal(tx, name, payload or {}, now=self.clock.now())
            self._advance_now(tx, within, *ids)
            return len(ids)

        return self._write(work, within)

    def start_conditional(
        self,
        variables: Mapping[str, Any],
        *,
        business_key: str | None = None,
        within: UnitOfWork | None = None,
    ) -> list[Instance]:
        """Start each process with a conditional start event whose condition holds now.

        Nothing watches the world for conditions: tell the engine what is so, and it finds out
        what that starts. A condition that looks at a variable you do not give does not hold.

        Args:
            variables: what the conditions look at; also the variables of what they start.
            business_key: of the instances.
            within: an open transaction; then the instances run when that ends.

        Raises:
            UnsuitableValueError: a variable cannot be stored.
        """

        def work(tx: Transaction) -> list[Instance]:
            now = self.clock.now()
            holding = [each for each in tx.starts.conditional() if self._holds(tx, each, variables)]
            once = list({each.definition_id: each for each in reversed(holding)}.values())[::-1]
            ids = begin(tx, once, variables, now=now, business_key=business_key)
            self._advance_now(tx, within, *ids)
            return [tx.instances.get(id) for id in ids]

        return self._write(work, within)

    def _holds(self, tx: Transaction, start: Starter, variables: Mapping[str, Any]) -> bool:
        return self._core.runner.start_holds(
            tx.catalogue.process(start.definition_id),
            start.element,
            variables,
            now=self.clock.now(),
        )

    def instance(self, id: int) -> InstanceDetail:
        """Return an instance with its variables and where it waits. Raises ``NotFoundError``."""
        with self._reading() as tx:
            found = tx.instances.get(id)
            state = tx.instances.state(id)
            seen = seeing.readable(self._core, tx, found.definition_id, state, None)
            return seeing.detail(tx, found, seen)

    def instances(
        self,
        where: InstanceFilter | None = None,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Instance]:
        """Return instances, newest first; ``before`` is the last id of the page before."""
        with self._reading() as tx:
            return tx.instances.find(where or InstanceFilter(), before=before, limit=limit)

    def count_instances(self, where: InstanceFilter, *, most: int = COUNTED) -> int:
        """Return how many instances a filter shows; counting ends at ``most``."""
        with self._reading() as tx:
            return tx.instances.count(where, most=most)

    def count_running(self, keys: Collection[str], *, most: int = COUNTED) -> dict[str, int]:
        """Return how many instances run of each process; counting ends at ``most`` for each."""
        with self._reading() as tx:
            return tx.instances.running(keys, most=most)

    def history(self, instance_id: int) -> list[HistoryEntry]:
        """Return what happened to an instance, in order. Raises ``NotFoundError``."""
        with self._reading() as tx:
            tx.instances.get(instance_id)
            return tx.instances.history(instance_id)

    def variables(self, instance_id: int, *, user_task_id: int | None = None) -> dict[str, Any]:
        """Return the variables of an instance, or those that one of its user tasks sees.

        Raises:
            NotFoundError: no such instance, or no such user task in it.
        """
        with self._reading() as tx:
            found, token = tx.instances.get(instance_id), None
            if user_task_id is not None:
                if tx.user_tasks.get(user_task_id).instance_id != instance_id:
                    raise NotFoundError("user task", user_task_id)
                token, _ = tx.user_tasks.wait(user_task_id)
            state = tx.instances.state(instance_id)
            return seeing.variables(self._core, tx, found.definition_id, state, token)

    def cancel(self, instance_id: int, *, by: str) -> None:
        """End an instance; whatever it waited for is cancelled. Ended ones stay as they are.

        Raises:
            NotFoundError: no such instance.
        """

        def work(tx: Transaction) -> None:
            if tx.instances.get(instance_id).status is not InstanceStatus.ACTIVE:
                return
            tx.inbox.add([(instance_id, Event(EventKind.CANCEL, by=by))])
            tx.to_wake.add(instance_id)
            self._advance_now(tx, None, instance_id)

        self._write(work)


def _startable(tx: Transaction, key: str) -> int:
    found = tx.definitions.startable(key)
    if found is None:
        drafts = tx.definitions.find(DefinitionKind.PROCESS, key)
        if drafts:
            raise NotStartableError(key, missing(tx.definitions.resource(drafts[0].id)[1], key))
        raise NotFoundError("process definition", key)
    definition, none_start = found
    if not none_start:
        raise NotStartableError(
            key,
            "it has no plain start event. Correlate the message or send the signal it starts with.",
        )
    return definition.id
