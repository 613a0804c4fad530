"""The values that were used most recently, by key: what is worth remembering, and no more of it.

For values that stay right for ever, such as what was made of a stored version: only the number is
bounded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The most recently used values by key. Threads may share it."""

    def __init__(self, size: int) -> None:
        """Keep at most ``size`` values."""
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return the value of ``key``; None when it is not there."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
            return found

    def keep(self, key: K, value: V) -> V:
        """Keep a value unless the key has one already; return the one it has now."""
        with self._lock:
            kept = self._values.setdefault(key, value)
            self._values.move_to_end(key)
            if len(self._values) > self._size:
                self._values.popitem(last=False)
            return kept

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of ``key``; made by ``make`` when it is not there.

        Two threads may make the same value at the same time, since making one takes long and
        must not stop the others. All get the value that was stored first.
        """
        found = self.get(key)
        return self.keep(key, make()) if found is None else found

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._values)


__all__ = ["Recent"]
