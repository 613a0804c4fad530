"""What a process knows it has handed over, for networks that cannot be asked."""

from __future__ import annotations

import threading
from collections import OrderedDict

#: Keys that are remembered at most.
MOST = 10_000


class Delivered:
    """Idempotency keys of replies that arrived, the newest of them. Safe to use from threads.

    It spares a repeat where the reply arrived and the database was away when that was to be
    written. Of what an earlier process handed over it knows nothing.
    """

    def __init__(self) -> None:
        """Know nothing yet."""
        self._keys: OrderedDict[tuple[int, str], str] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, account_id: int, key: str, external_id: str) -> str:
        """Note that a reply of an account arrived, and return its external id."""
        with self._lock:
            self._keys[account_id, key] = external_id
            while len(self._keys) > MOST:
                self._keys.popitem(last=False)
        return external_id

    def get(self, account_id: int, key: str) -> str | None:
        """Return the external id of a reply that arrived, as far as it is remembered."""
        with self._lock:
            return self._keys.get((account_id, key))
