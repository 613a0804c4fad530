"""Messages: named outside happenings, and which instance they mean.

A message goes to the instance that waits for its name and correlation key. Else, unless an
active instance was already started under that key, it starts the definition whose message start
event bears the name. Else it stays in the buffer until something waits for it, or a definition is
deployed that it starts, or its time is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """One outside happening. ``payload`` becomes variables of the instance."""

    name: str
    correlation_key: str | None
    payload: Mapping[str, Any] = field(default_factory=dict)
    business_key: str | None = None  #: given to an instance that it starts
    hops: int = 0  #: how many of other instances led to it; 0 for one from outside
    expires_at: datetime | None = None  #: UTC; not kept any longer. None: for ever


class Correlated(StrEnum):
    """What a message led to."""

    STARTED = "started"
    CORRELATED = "correlated"
    BUFFERED = "buffered"
    DROPPED = "dropped"  #: nobody waited, and it was not to be kept


@dataclass(frozen=True, slots=True)
class Correlation:
    """Where one message went. ``instance_id`` is None for a message nobody owns yet."""

    outcome: Correlated
    instance_id: int | None
