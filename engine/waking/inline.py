"""A waker that advances at once, in the thread that committed. For embedding and for tests.

It has no clock: whoever embeds the engine calls ``fire_due`` or ``pump``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any


class InlineWaker:
    """Advances instances before the call that woke them returns."""

    def __init__(self, advance: Callable[[Iterable[int]], object]) -> None:
        """Call ``advance`` with instance ids."""
        self._advance = advance
        self._here = threading.local()

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write nothing: :meth:`wake` follows in the same thread."""

    def wake(self, instance_ids: Iterable[int]) -> None:
        """Advance the instances, and whatever advancing them wakes, one batch after the other."""
        waiting: set[int] | None = getattr(self._here, "waiting", None)
        if waiting is not None:
            # We are called from inside our own loop below; it goes on with these.
            waiting.update(instance_ids)
            return
        self._here.waiting = waiting = set(instance_ids)
        try:
            while waiting:
                batch = sorted(waiting)
                waiting.clear()
                self._advance(batch)
        finally:
            self._here.waiting = None

    def wake_at(self, due: datetime) -> None:
        """Do nothing: time is passed in by whoever embeds the engine."""
