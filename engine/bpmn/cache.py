"""Compiled definitions and decisions, kept by the id of their stored version.

An id names one version for ever, so nothing here grows stale; only the number is bounded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """The most recently used values by key. Threads may share it."""

    def __init__(self, size: int) -> None:
        """Keep at most ``size`` values."""
        self._size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[int, T] = OrderedDict()

    def get(self, key: int, make: Callable[[], T]) -> T:
        """Return the value of ``key``; made by ``make`` when it is not there.

        Two threads may make the same value at the same time, since making one takes long and
        must not stop the others. All get the value that was stored first.
        """
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found
        made = make()
        with self._lock:
            kept = self._values.setdefault(key, made)
            self._values.move_to_end(key)
            if len(self._values) > self._size:
                self._values.popitem(last=False)
        return kept

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._values)
