"""What goes wrong again and again, as while the database is away: told without filling a disk.

Work that is tried each second would say the same each second. It is told when the trouble begins,
when it changes, each minute while it lasts, and when it is over.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Seconds after which a trouble that lasts is told again.
EVERY = 60.0


class Troubles:
    """The troubles of one process that last. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know of none; ``clock`` tells seconds and is never set back."""
        self._clock = clock
        self._lock = threading.Lock()
        #: By what fails: why, and when that was told last.
        self._told: dict[str, tuple[str, float]] = {}

    def is_news(self, what: str, why: str) -> bool:
        """Tell whether it is time to say that ``what`` failed, which counts as said then."""
        with self._lock:
            now = self._clock()
            before, at = self._told.get(what, ("", 0.0))
            if before == why and now < at + EVERY:
                return False
            self._told[what] = why, now
            return True

    def over(self, what: str) -> bool:
        """Tell whether ``what``, which went well now, had failed before."""
        if what not in self._told:  # nearly always, and without the lock
            return False
        with self._lock:
            return self._told.pop(what, None) is not None
