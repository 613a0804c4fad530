"""Starting instances because something happened that start events wait for.

The rows are written here, in the transaction of what happened: so a signal, or a time that came,
starts each of its instances once, whoever notices it and whatever dies in between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.ports import Event, EventKind
from engine.records import NewInstance, Starter
from engine.stores import Transaction


def begin(
    tx: Transaction,
    starters: Sequence[Starter],
    payload: Mapping[str, Any],
    *,
    now: datetime,
    business_key: str | None = None,
    hops: int = 0,
) -> list[int]:
    """Write one instance for each start event, and return their ids.

    Nothing is advanced: the instances are added to ``tx.to_wake``.

    Args:
        tx: the open transaction.
        starters: the start events.
        payload: becomes the variables of each instance.
        now: the present, UTC.
        business_key: of each instance.
        hops: see :attr:`engine.ports.Event.hops`.
    """
    new = [NewInstance(each.definition_id, each.key, business_key, None, now) for each in starters]
    ids = tx.instances.insert(new)
    tx.inbox.add(
        [
            (id, Event(EventKind.STARTED, name=each.element, payload=payload, hops=hops))
            for id, each in zip(ids, starters, strict=True)
        ]
    )
    tx.to_wake.update(ids)
    return ids


def start_due(tx: Transaction, *, now: datetime, limit: int) -> int:
    """Start what start timers that are due ask for, and return how many instances that are.

    Each timer is set to its next time in the same transaction.
    """
    return len(begin(tx, tx.starts.fire(now, limit=limit), {}, now=now))
