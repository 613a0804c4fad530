"""What the engine did, told to whoever counts it: a port, and the record that passes through it.

One :class:`Work` a transaction gathers what it did to instances, and is told once, after the
commit: what was rolled back did not happen and is not counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from engine.instances import InstanceStatus
from engine.ports import Event, EventKind
from engine.records import Written


@dataclass(slots=True)
class Work:
    """What one transaction did to instances; false while it did nothing of it."""

    events: dict[EventKind, int] = field(default_factory=dict)  #: applied, by kind
    ended: dict[InstanceStatus, int] = field(default_factory=dict)  #: instances, by how
    instances: set[int] = field(default_factory=set)  #: that were run, by id
    due: list[datetime] = field(default_factory=list)  #: of each timer that was fired
    failures: int = 0  #: attempts of jobs that failed
    stopped: list[int] = field(default_factory=list)  #: instance of each incident that was opened
    workspace: str = ""  #: key
    seconds: float = 0.0  #: from the begin of the transaction to the end of its commit

    def __bool__(self) -> bool:
        return bool(self.instances or self.due or self.failures or self.stopped)

    def ran(self, inbox: Mapping[int, Sequence[Event]], written: Iterable[Written]) -> None:
        """Add one run of each instance over its inbox, by id."""
        self.instances.update(inbox)
        events, ended = self.events, self.ended
        for applied in inbox.values():
            for event in applied:
                events[event.kind] = events.get(event.kind, 0) + 1
        for each in written:
            if each.ended_at is not None:
                ended[each.status] = ended.get(each.status, 0) + 1


class Observer(Protocol):
    """Counts what the engine does. Called by every thread that commits."""

    def committed(self, work: Work, now: datetime) -> None:
        """Take note of a transaction that is committed; ``now`` is the engine's present, UTC.

        It must be quick. What it raises is logged and changes nothing.
        """
        ...
