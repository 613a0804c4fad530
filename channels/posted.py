"""What this process has seen posted, so that it is neither asked for nor posted again.

Keys are idempotency keys; a network that keeps one memory for all its accounts puts the account in
front.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable

#: Replies whose ids are kept in memory.
REMEMBERED = 2_000


class Posted:
    """Remembers the ids of replies. It is a help alone: another process knows nothing of it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._ids: dict[Hashable, str] = {}
        self._lock = threading.Lock()

    def id_of(self, key: Hashable) -> str | None:
        """Return the id of what was posted with ``key``, if this process saw it."""
        return self._ids.get(key)

    def by_others(self, key: Hashable) -> frozenset[str]:
        """Return the ids of what this process saw posted with other keys."""
        with self._lock:
            return frozenset(id for other, id in self._ids.items() if other != key)

    def note(self, key: Hashable, id: str) -> str:
        """Keep the id of what was posted with ``key``; return the id."""
        with self._lock:
            self._ids[key] = id
            while len(self._ids) > REMEMBERED:
                self._ids.pop(next(iter(self._ids)))
        return id
