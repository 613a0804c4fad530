"""What happened to an instance, in order, insert only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class What(StrEnum):
    """The kinds of history entry."""

    STARTED = "started"  #: the instance
    ENTERED = "entered"  #: a token waits at the element
    COMPLETED = "completed"  #: a token left the element as drawn
    CANCELLED = "cancelled"  #: the element was left because something interrupted it
    CLAIMED = "claimed"
    RELEASED = "released"
    RETRIED = "retried"
    INCIDENT = "incident"
    RESOLVED = "resolved"
    ENDED = "ended"  #: the instance
    TOO_LATE = "too late"  #: an answer, the detail, to what something else had ended by then


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history. ``element`` is None when the instance itself is meant."""

    element: str | None
    what: What
    at: datetime  #: UTC
    by: str | None = None
    detail: Any | None = None  #: JSON: fired rules, the reason of an incident


__all__ = ["HistoryEntry", "What"]
