"""What networks took for replies that are not out yet, so that an attempt need not begin anew.

Nobody sees what was uploaded until a post names it: uploading again does no harm, and what is
remembered here may be lost. It lasts as long as networks keep what no post names, and no longer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any

from channels.model import Reply

#: Seconds that an upload is counted on, and how many are remembered.
LASTS, KEPT = 1_800.0, 500


class Uploads:
    """Remembers what networks call the files of replies. Safe to use from several threads."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        """Take a clock of seconds."""
        self._now = now
        self._known: OrderedDict[tuple[str, int], tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def known(self, reply: Reply, number: int) -> Any | None:
        """Return what the network calls a file of a reply, by its number; None: upload it."""
        with self._lock:
            since, told = self._known.get((reply.idempotency_key, number), (0.0, None))
        return told if told is not None and self._now() - since < LASTS else None

    def note(self, reply: Reply, number: int, told: Any) -> None:
        """Remember what the network calls a file."""
        with self._lock:
            self._known[reply.idempotency_key, number] = (self._now(), told)
            while len(self._known) > KEPT:
                self._known.popitem(last=False)

    def used(self, reply: Reply) -> None:
        """Forget the files of a reply: a post names them, and most networks let only one."""
        with self._lock:
            for number in range(len(reply.files)):
                self._known.pop((reply.idempotency_key, number), None)
