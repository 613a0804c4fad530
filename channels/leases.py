"""Work that one worker does at a time: an account is read, a reply is sent.

A lease is a moment in a row of the database, by the database's clock. Whoever works has it
renewed by a thread; when the worker dies, the thread dies with it, the moment passes, and another
worker may begin. A lease says when to begin, never that a write is right: each write checks for
itself that nobody else has begun since (the holder's name on an account, the number of the attempt
on a reply), because a worker that was stopped for a while does not know that it was.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from time import monotonic
from types import TracebackType
from typing import Self

import structlog

_log = structlog.get_logger(__name__)


class Lease:
    """Something that is ours for a while; renewed until the ``with`` block ends."""

    def __init__(self, renew: Callable[[], bool], *, seconds: float, longest: float) -> None:
        """Begin right after the lease was taken.

        Args:
            renew: makes the lease last ``seconds`` from now; False when it is another's already.
            seconds: how long it lasts without being renewed.
            longest: a worker that has not called :meth:`still_ours` for so many seconds hangs,
                though its thread lives: then the lease is let go.
        """
        self._renew = renew
        self._seconds = seconds
        self._longest = longest
        self._renewed_at = self._seen_at = monotonic()
        self._lost = False
        self._over = threading.Event()
        # What the log is told of the work is told of its lease too.
        self._thread = threading.Thread(
            target=copy_context().run, args=(self._keep,), name="lease", daemon=True
        )

    def __enter__(self) -> Self:
        """Start to renew."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Renew no more. The lease itself is given back by whoever writes the outcome."""
        self._over.set()
        self._thread.join()

    def still_ours(self, *, for_seconds: float = 0.0) -> bool:
        """Tell whether the lease is ours and lasts that long; it is renewed first if need be."""
        self._seen_at = monotonic()
        if self._lost:
            return False
        left = self._renewed_at + self._seconds - monotonic()
        return left > for_seconds or self._renewed()

    def _keep(self) -> None:
        while not self._over.wait(self._seconds / 3):
            if self._lost or monotonic() - self._seen_at > self._longest:
                return
            self._renewed()

    def _renewed(self) -> bool:
        began = monotonic()
        try:
            if not self._renew():
                self._lost = True
                return False
        except Exception:  # noqa: BLE001 - whatever the database has, it may be over in a moment
            _log.warning("a lease could not be renewed", exc_info=True)
            return False
        self._renewed_at = began
        return True
