"""How long a thread has worked, whatever else the machine did meanwhile.

What an instance, a decision or an expression may take is bounded in seconds of work. By the clock
on the wall, a machine that is busy with others, or stands still for a while, would be their fault.
"""

from __future__ import annotations

import threading
from time import thread_time


class _Elsewhere(threading.local):
    seconds = 0.0


_elsewhere = _Elsewhere()


def worked() -> float:
    """Return the seconds this thread has worked, and others for it, from some moment on."""
    return thread_time() + _elsewhere.seconds


def worked_elsewhere(seconds: float) -> None:
    """Take note of the seconds another process worked for this thread."""
    _elsewhere.seconds += seconds
