"""Where messages and signals go. The rule is in :mod:`engine.messages`.

Many messages are correlated with a few statements; their order is kept, so that the second
mention of a conversation in one page finds the instance the first one starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.messages import Correlated, Correlation, Message
from engine.ports import Event, EventKind
from engine.records import NewInstance, Starter, Subscribed
from engine.starting import begin
from engine.stores import Transaction

#: So many messages of the buffer are held in memory together.
_PAGE = 500


@dataclass(slots=True)
class _Plan:
    """What a sequence of messages leads to, before anything is written."""

    starts: list[tuple[NewInstance, Event]] = field(default_factory=list)
    events: list[tuple[int, Event]] = field(default_factory=list)
    kept: list[Message] = field(default_factory=list)
    #: For each message its outcome, and the instance: an id, or the index of a start as -1 - index.
    outcomes: list[tuple[Correlated, int | None]] = field(default_factory=list)


def correlate(
    tx: Transaction, messages: Sequence[Message], *, now: datetime, process: str | None = None
) -> list[Correlation]:
    """Write where each message goes, and return it in the same order.

    Nothing is advanced: the instances concerned are added to ``tx.to_wake``.

    Args:
        tx: the open transaction.
        messages: in the order they happened.
        now: the present, UTC.
        process: only this process may be started; None means whichever the message starts.
    """
    if not messages:
        return []
    tx.messages.serialise(((m.name, m.correlation_key) for m in messages), waits=False)
    plan = _planned(tx, messages, now, process)
    ids = tx.instances.insert([new for new, _ in plan.starts])
    started = [(id, event) for id, (_, event) in zip(ids, plan.starts, strict=True)]
    tx.inbox.add(started + plan.events)
    tx.messages.keep(plan.kept, now=now)
    tx.to_wake.update(ids, (id for id, _ in plan.events))
    return [
        Correlation(outcome, ids[-1 - at] if at is not None and at < 0 else at)
        for outcome, at in plan.outcomes
    ]


def correlate_kept(tx: Transaction, ids: Sequence[int], *, now: datetime) -> None:
    """Take messages out of the buffer and send them anew; what nobody takes is kept again.

    Args:
        tx: the open transaction.
        ids: of buffered messages, oldest first: all of a name and key, to keep their order.
        now: the present, UTC.
    """
    for first in range(0, len(ids), _PAGE):
        taken = tx.messages.take(ids[first : first + _PAGE])
        correlate(tx, [each.message for each in taken], now=now)


def start_kept(tx: Transaction, names: Iterable[str], *, now: datetime) -> None:
    """Start what new message start events make of the messages that wait in the buffer already.

    Args:
        tx: the open transaction, in which the start events were stored.
        names: of the messages that start something now.
        now: the present, UTC.
    """
    wanted = set(names)
    if wanted:
        # A message that is on its way now is in the buffer after this, or sees the start event.
        tx.messages.serialise(((name, None) for name in wanted), waits=True)
        correlate_kept(tx, tx.messages.kept(names=wanted, now=now), now=now)


def arrival(message: Message) -> Event:
    """Return the event that a message is in the inbox of the instance it goes to."""
    return Event(
        EventKind.MESSAGE,
        name=message.name,
        correlation_key=message.correlation_key,
        payload=message.payload,
        hops=message.hops,
        expires_at=message.expires_at,
    )


def signal(
    tx: Transaction,
    name: str,
    payload: Mapping[str, Any],
    *,
    now: datetime,
    besides: int | None = None,
    hops: int = 0,
) -> list[int]:
    """Tell everyone who waits for the signal, and start what it starts; return their ids.

    Nobody who comes later hears of it. The instance ``besides`` is left out: it heard itself.
    """
    ids = sorted({instance_id for instance_id, _, _ in tx.waits.signalled(name)} - {besides})
    event = Event(EventKind.SIGNAL, name=name, payload=payload, hops=hops)
    tx.inbox.add([(id, event) for id in ids])
    tx.to_wake.update(ids)
    return ids + begin(tx, tx.starts.signalled(name), payload, now=now, hops=hops)


def _planned(
    tx: Transaction, messages: Sequence[Message], now: datetime, process: str | None
) -> _Plan:
    waits = tx.messages.subscribed((m.name, m.correlation_key) for m in messages)
    starters = tx.definitions.starters(m.name for m in messages)
    if process is not None:
        starters = {name: each for name, each in starters.items() if each.key == process}
    active = tx.instances.active(
        (starters[m.name].key, m.correlation_key)
        for m in messages
        if m.name in starters and m.correlation_key is not None
    )
    by_key: dict[tuple[str, str | None], Subscribed] = {}
    for wait in waits:
        by_key.setdefault((wait.name, wait.correlation_key), wait)
    plan = _Plan()
    for message in messages:
        wait_for = by_key.get((message.name, message.correlation_key))
        wait_for = wait_for or by_key.get((message.name, None))
        if wait_for is not None:
            plan.events.append((wait_for.instance_id, arrival(message)))
            plan.outcomes.append((Correlated.CORRELATED, wait_for.instance_id))
        else:
            _start_or_keep(plan, message, starters.get(message.name), active, now)
    return plan


def _start_or_keep(
    plan: _Plan,
    message: Message,
    starter: Starter | None,
    active: dict[tuple[str, str], int],
    now: datetime,
) -> None:
    key = message.correlation_key
    owner = active.get((starter.key, key)) if starter is not None and key is not None else None
    if starter is None or owner is not None:
        if message.expires_at is not None and message.expires_at <= now:
            plan.outcomes.append((Correlated.DROPPED, None))
            return
        plan.kept.append(message)
        plan.outcomes.append((Correlated.BUFFERED, owner))
        return
    new = NewInstance(starter.definition_id, starter.key, message.business_key, key, now)
    event = Event(
        EventKind.STARTED,
        name=starter.element,
        correlation_key=key,
        payload=message.payload,
        hops=message.hops,
    )
    at = -1 - len(plan.starts)
    plan.starts.append((new, event))
    plan.outcomes.append((Correlated.STARTED, at))
    if key is not None:
        active[starter.key, key] = at
