"""How long a thread has worked, whatever else the machine did meanwhile.

What an instance, a decision or an expression may take is bounded in seconds of work. By the clock
on the wall, a machine that is busy with others, or stands still for a while, would be their fault.
"""

from __future__ import annotations

import threading
from time import monotonic, thread_time


class _Elsewhere(threading.local):
    seconds = 0.0


_elsewhere = _Elsewhere()


def worked() -> float:
    """Return the seconds this thread has worked, and others for it, from some moment on."""
    return thread_time() + _elsewhere.seconds


class Stopwatch:
    """Counts the work of this thread from now on."""

    __slots__ = ("_began", "_worked")

    def __init__(self) -> None:
        """Begin to count."""
        self._began, self._worked = monotonic(), worked()

    def exceeds(self, seconds: float) -> bool:
        """Tell whether it was more than so many seconds."""
        # The clock goes no slower than the work, and is quicker to read.
        return monotonic() - self._began > seconds and worked() - self._worked > seconds


def worked_elsewhere(seconds: float) -> None:
    """Take note of the seconds another process worked for this thread."""
    _elsewhere.seconds += seconds
