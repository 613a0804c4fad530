"""Figures an operator watches, of all workspaces together. They cost little at any size."""

from __future__ import annotations

from dataclasses import dataclass

#: Rows are counted up to here. A list of so many is in trouble, and by how much is no matter.
MOST = 10_000
#: What pages count, they count up to here, and say «1,000+» then.
COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class Figures:
    """What waits in the engine. Counts end at :data:`MOST`, ages are in seconds."""

    inbox: int  #: events that wait to be applied
    inbox_age: float  #: of the one that waits longest; 0 when none does
    timer_delay: float  #: since the earliest timer is due; 0 when none is
    element_incidents: int  #: open ones, of elements or instances that cannot go on
    job_incidents: int  #: open ones, of jobs that failed and have no attempts left


@dataclass(frozen=True, slots=True)
class Connections:
    """How many connections to the database this process uses, and may use at most."""

    used: int
    most: int
