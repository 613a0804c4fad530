"""Keeps the cyclic garbage collector out of batches of work.

Nothing that a batch makes needs it: what one run of an instance made is let go of by count. Left
alone it starts in the midst of a batch, again and again, since a batch holds many rows at once; and
each of its full rounds goes through all that the process ever loaded.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects that may be new since its last round when it has a turn between two batches.
_MOST_NEW = 100_000
#: Rounds through what is young, after which it goes through all.
_YOUNG_ROUNDS = 10


class _Pause:
    """How many batches are under way, in all threads, and whether we stopped the collector."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._inside = 0
        self._stopped = False

    def begin(self) -> None:
        with self._turn:
            self._inside += 1
            if self._inside == 1:
                self._stopped = gc.isenabled()
                gc.disable()

    def end(self) -> None:
        with self._turn:
            self._inside -= 1
            stopped = self._stopped
            if not self._inside and stopped:
                gc.enable()
        # Threads whose batches overlap may never let it begin by itself.
        new, _, rounds = gc.get_count()
        if stopped and new > _MOST_NEW:
            gc.collect(2 if rounds > _YOUNG_ROUNDS else 1)


_PAUSE = _Pause()


@contextmanager
def uncollected() -> Iterator[None]:
    """Let the collector wait until the block is over; where it is off already it stays so.

    Blocks may be inside each other and in several threads. What the collector has to do by then is
    done behind one of them, so memory stays bounded.
    """
    _PAUSE.begin()
    try:
        yield
    finally:
        _PAUSE.end()


def settle() -> None:
    """Take all that is there for lasting: the collector will not look through it again.

    For a server that has loaded everything and is about to serve.
    """
    gc.collect()
    gc.freeze()


__all__ = ["settle", "uncollected"]
