"""The one execution path: lock, load, apply the inbox, run, write.

It works on a batch of instances in one transaction, because the commit is what costs. A second
call finds an empty inbox and does nothing, so calling it once too often is harmless; whoever
calls it (a person's request, a timer, a sweep after a crash) gets the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from engine.collecting import uncollected
from engine.correlation import arrival, correlate, correlate_kept, signal
from engine.errors import StaleRevisionError
from engine.history import HistoryEntry, What
from engine.instances import InstanceStatus
from engine.jobs import Job
from engine.messages import Message
from engine.ports import (
    BpmnRunner,
    Change,
    Event,
    EventKind,
    FailureWait,
    MessageWait,
    Outcome,
    ThrownMessage,
    TimerWait,
    UnitOfWork,
)
from engine.records import Effects, Held, Written
from engine.stores import Transaction

#: Called inside the transaction that creates jobs of its type.
JobHandler = Callable[[UnitOfWork, Sequence[Job]], None]

#: Instances that throw messages to each other are run again in the same transaction, so often.
#: What is left then stays in the inbox, and the waker goes on after the commit.
_MOST_ROUNDS = 100


@dataclass(slots=True)
class _Round:
    """What one run of each instance of a batch led to."""

    effects: Effects = field(default_factory=Effects)
    written: list[Written] = field(default_factory=list)
    history: list[tuple[int, HistoryEntry]] = field(default_factory=list)
    thrown: list[tuple[int, ThrownMessage]] = field(default_factory=list)  #: by instance id
    returned: list[Message] = field(default_factory=list)  #: nobody took them: correlate again
    freed: list[str] = field(default_factory=list)  #: correlation keys of ended instances


class Advancer:
    """Runs batches of instances with one runner, and tells job handlers of new jobs."""

    def __init__(self, runner: BpmnRunner, handlers: Mapping[str, Sequence[JobHandler]]) -> None:
        """Keep both; ``handlers`` by job type may grow later."""
        self._runner = runner
        self._handlers = handlers

    def run(
        self, tx: Transaction, ids: Iterable[int], *, now: datetime, wait: bool
    ) -> frozenset[int]:
        """Apply the inboxes of instances, and return the ids that were free.

        Args:
            tx: the open transaction; nothing is committed here.
            ids: instances of the workspace of ``tx``; unknown ones are passed over.
            now: the present, UTC.
            wait: wait for instances that another transaction holds; else leave them out.

        Raises:
            StaleRevisionError: another worker wrote one of them first; roll back and try again.
        """
        return self.run_held(tx, tx.instances.lock(ids, wait=wait), now=now)

    @uncollected()
    def run_held(self, tx: Transaction, locked: Iterable[Held], *, now: datetime) -> frozenset[int]:
        """Apply the inboxes of instances that ``tx`` has locked; else as :meth:`run`."""
        held = {each.id: each for each in locked}
        ran: set[int] = set()
        cut: set[tuple[int, int]] = set()
        for _ in range(_MOST_ROUNDS):
            inbox = tx.inbox.take(held) if held else {}
            if not inbox:
                tx.to_wake.difference_update(held)
                break
            _give_way(inbox, cut)
            ran.update(inbox)
            cut |= self._round(tx, held, inbox, now)
        else:
            tx.to_wake.update(held)
        for id in sorted(ran):
            tx.note(Change(tx.workspace.key, "instance", id))
        return frozenset(held)

    def _round(
        self, tx: Transaction, held: dict[int, Held], inbox: dict[int, list[Event]], now: datetime
    ) -> set[tuple[int, int]]:
        """Run each instance once over its inbox, write, and hand on what was thrown.

        Returns the waits that were cut off, as instance ids and tokens.
        """
        this = _Round()
        for id, events in sorted(inbox.items()):
            tx.go_on()  # each run is bounded by its work, which takes long on a busy machine
            if held[id].status is InstanceStatus.ACTIVE:
                held[id] = self._run_one(tx, held[id], events, this, now)
            else:
                this.returned += _messages(events)
                _tell_late(tx, this, id, events, now)
        tx.work.ran(inbox, this.written)
        self._apply(tx, this, now)
        # After the waits, because it looks which of them is due first.
        tx.instances.write(this.written)
        _hand_on(tx, this, inbox, now)
        return {(id, wait.token) for id, wait in this.effects.closed if not wait.completed}

    def _run_one(
        self, tx: Transaction, held: Held, events: list[Event], this: _Round, now: datetime
    ) -> Held:
        try:
            outcome = self._outcome(tx, held, events, now)
        except Exception:
            if held.state is None or all(event.kind is not EventKind.CANCEL for event in events):
                raise
            # Ending it needs no token: an instance that cannot be read any more is no prison.
            outcome = Outcome(held.state, InstanceStatus.CANCELLED, (), (), ())
        ended = outcome.status is not InstanceStatus.ACTIVE
        this.written.append(
            Written(held.id, held.revision, outcome.status, outcome.state, now if ended else None)
        )
        this.effects.opened += [(held.id, wait) for wait in outcome.opened if not ended]
        this.effects.closed += [(held.id, wait) for wait in outcome.closed]
        if held.state is None:
            this.effects.fresh.add(held.id)
        this.thrown += [(held.id, thrown) for thrown in outcome.thrown]
        this.returned += _messages(outcome.untaken)
        this.history += [(held.id, entry) for entry in _history(held, events, outcome, now)]
        _tell_late(tx, this, held.id, outcome.untaken, now)
        if ended:
            this.effects.ended.append(held.id)
            if held.correlation_key is not None:
                this.freed.append(held.correlation_key)
        return replace(held, revision=held.revision + 1, status=outcome.status, state=outcome.state)

    def _outcome(
        self, tx: Transaction, held: Held, events: Sequence[Event], now: datetime
    ) -> Outcome:
        """Run an instance; an answer of a person stands before what would cut its task off."""
        definition = tx.catalogue.process(held.definition_id)

        def run(events: Sequence[Event]) -> Outcome:
            return self._runner.run(definition, held.state, events, now=now, catalogue=tx.catalogue)

        outcome = run(events)
        if any(map(_is_answer, outcome.untaken)):
            # A message lay there already when they completed it, and they were told that it is
            # done. Only what an operator cancels is over for them too.
            first = sorted(events, key=lambda event: not _is_answer(event))
            if first != events and all(event.kind is not EventKind.CANCEL for event in events):
                outcome = run(first)
        return outcome

    def _apply(self, tx: Transaction, this: _Round, now: datetime) -> None:
        """Write waits and history, note changes, and let job handlers write beside them."""
        opened = [wait for _, wait in this.effects.opened]
        tx.messages.serialise(
            ((w.message, w.correlation_key) for w in opened if isinstance(w, MessageWait)),
            waits=True,
        )
        applied = tx.waits.apply(this.effects, now=now)
        tx.instances.record(this.history)
        due = [wait.due_at for wait in opened if isinstance(wait, TimerWait)]
        if due:
            tx.next_due = min(due) if tx.next_due is None else min(tx.next_due, *due)
        for id, queue in applied.user_tasks:
            tx.note(Change(tx.workspace.key, "user_task", id, queue))
        if applied.incidents:
            failed = (id for id, wait in this.effects.opened if isinstance(wait, FailureWait))
            tx.work.stopped += failed
        for id in applied.incidents:
            tx.note(Change(tx.workspace.key, "incident", id))
        by_type: dict[str, list[Job]] = {}
        for job in applied.jobs:
            by_type.setdefault(job.type, []).append(job)
        for type_, jobs in by_type.items():
            for handler in self._handlers.get(type_, ()):
                handler(tx, jobs)


def _give_way(inbox: Mapping[int, Sequence[Event]], cut: set[tuple[int, int]]) -> None:
    """Begin again when somebody completed a user task that this transaction cut off meanwhile.

    They found the instance busy, left their answer in its inbox and were told that it is done. In
    the next try it stands before what cut it off.
    """
    for id, events in inbox.items():
        for event in events:
            if _is_answer(event) and (id, event.token) in cut:
                raise StaleRevisionError(
                    "A person was quicker than what cut them off. Nothing was stored; try again."
                )


def _tell_late(
    tx: Transaction, this: _Round, id: int, untaken: Iterable[Event], now: datetime
) -> None:
    """Keep answers to what had ended where people find them: what they wrote is not to be lost."""
    for event in filter(_is_answer, untaken):
        element = tx.user_tasks.too_late(id, event.token or 0, now)
        detail = dict(event.payload) or None
        late = HistoryEntry(element, What.TOO_LATE, now, by=event.by, detail=detail)
        this.history.append((id, late))
        tx.too_late.add((id, event.token or 0))


def _is_answer(event: Event) -> bool:
    return event.kind is EventKind.USER_TASK_COMPLETED


def _hand_on(
    tx: Transaction, this: _Round, inbox: Mapping[int, Sequence[Event]], now: datetime
) -> None:
    """Correlate what was thrown or came back, and give waits what the buffer holds for them."""
    for sender, thrown in this.thrown:
        if thrown.signal:
            # The runner gave it to the events of the sender itself at once.
            signal(tx, thrown.name, thrown.payload, now=now, besides=sender, hops=thrown.hops)
    messages = [_message(each) for _, each in this.thrown if not each.signal]
    correlate(tx, messages + this.returned, now=now)
    if this.freed:
        # An ended instance held messages of its key back; the first of them starts the next one.
        correlate_kept(tx, tx.messages.kept(keys=this.freed, now=now), now=now)
    wanted = tx.messages.wanted(_listening(this, inbox) - set(this.effects.ended), now=now)
    taken = {each.id: each.message for each in tx.messages.take(list(wanted.values()))}
    tx.inbox.add([(id, arrival(taken[at])) for id, at in wanted.items() if at in taken])


def _listening(this: _Round, inbox: Mapping[int, Sequence[Event]]) -> set[int]:
    """Return the instances that the buffer may hold a message for.

    A message that comes while a wait is open never gets into the buffer: so only a new wait can
    find one there, or a wait that goes on after it took one.
    """
    opened = {id for id, wait in this.effects.opened if isinstance(wait, MessageWait)}
    took = {id for id, events in inbox.items() if any(e.kind is EventKind.MESSAGE for e in events)}
    return opened | took


def _message(found: Event | ThrownMessage) -> Message:
    return Message(
        found.name or "",
        found.correlation_key,
        found.payload,
        hops=found.hops,
        expires_at=found.expires_at,
    )


def _messages(events: Iterable[Event]) -> list[Message]:
    return [
        _message(event)
        for event in events
        if event.kind is EventKind.MESSAGE and event.name is not None
    ]


def _history(
    held: Held, events: Sequence[Event], outcome: Outcome, now: datetime
) -> list[HistoryEntry]:
    """Return the runner's entries between those of the instance itself."""
    entries = list(outcome.history)
    if held.state is None and not any(entry.what is What.STARTED for entry in entries):
        entries.insert(0, HistoryEntry(None, What.STARTED, now, by=events[0].by))
    ended = outcome.status is not InstanceStatus.ACTIVE
    if ended and not any(e.what is What.ENDED and e.element is None for e in entries):
        by = next((event.by for event in events if event.kind is EventKind.CANCEL), None)
        detail = {"status": outcome.status.value}
        entries.append(HistoryEntry(None, What.ENDED, now, by=by, detail=detail))
    return entries
