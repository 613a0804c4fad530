"""Joins what several wake-ups ask for at the same moment into batches of one transaction each.

A commit is what costs, and most wake-ups name a few instances only. While a batch is being worked
at, what arrives waits, and becomes the next one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from engine.errors import StorageError

#: Instances a batch: those of one transaction of the engine.
MOST = 50
#: Batches at once: while one waits for its commit, the other one computes.
_THREADS = 2
#: An instance that somebody else holds is tried again after so many seconds, then after twice as
#: many, and so on. A person who completes a user task holds it for some hundredths of a second.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0
#: How often, before its wake-ups fail and are tried again much later: about ten seconds.
_ATTEMPTS = 15


class BusyError(StorageError):
    """Instances were held by others all the time, or the database gave no transaction."""


@dataclass(eq=False, slots=True)
class _Request:
    """What one wake-up asked for."""

    left: int  #: instances that are not through yet
    done: asyncio.Future[None]

    def through(self) -> None:
        """Count one instance off."""
        self.left -= 1
        if not self.left and not self.done.done():
            self.done.set_result(None)

    def fail(self, error: Exception) -> None:
        """End it with an error, unless it ended already."""
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(slots=True)
class _Entry:
    """One instance that is to be advanced, and who asked for it."""

    requests: list[_Request] = field(default_factory=list)
    attempt: int = 0


class Joiner:
    """Advances instances for many callers at once. For one event loop; its work is in threads."""

    def __init__(self, advance: Callable[[Collection[int]], Iterable[int]]) -> None:
        """Keep ``advance``: called in threads, it returns the ids that are to be tried again."""
        self._advance = advance
        self._wanted: dict[int, _Entry] = {}  # in the order they came
        self._running: set[int] = set()
        self._batches: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="advance")

    async def advance(self, ids: Collection[int]) -> None:
        """Return when each of the instances was advanced after this call.

        Raises:
            BusyError: some could not be; trying again is safe.
        """
        if not ids:
            return
        request = _Request(len(ids), asyncio.get_running_loop().create_future())
        for id in ids:
            self._wanted.setdefault(id, _Entry()).requests.append(request)
        self._begin()
        await request.done

    async def close(self, patience: float) -> None:
        """End the threads; what they are at is finished first, for so many seconds at most."""
        if self._batches:
            await asyncio.wait(self._batches, timeout=patience)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _begin(self) -> None:
        """Begin batches, as many as there is room and work for."""
        while len(self._batches) < _THREADS and (taken := self._take()):
            batch = asyncio.get_running_loop().create_task(self._work(taken))
            self._batches.add(batch)
            batch.add_done_callback(self._ended)

    def _take(self) -> dict[int, _Entry]:
        """Take what is wanted, but for instances of a batch that runs: it may be past them."""
        ids = [id for id in self._wanted if id not in self._running][:MOST]
        self._running.update(ids)
        return {id: self._wanted.pop(id) for id in ids}

    async def _work(self, taken: dict[int, _Entry]) -> None:
        loop = asyncio.get_running_loop()
        try:
            again = set(await loop.run_in_executor(self._threads, self._advance, sorted(taken)))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told to who waits for it
            for entry in taken.values():
                for request in entry.requests:
                    request.fail(error)
            return
        finally:
            self._running.difference_update(taken)
        for id, entry in taken.items():
            if id in again:
                self._later(id, entry)
            else:
                for request in entry.requests:
                    request.through()

    def _later(self, id: int, entry: _Entry) -> None:
        entry.attempt += 1
        if entry.attempt == _ATTEMPTS:
            busy = BusyError(f"Instance {id} is held by another transaction; try again later.")
            for request in entry.requests:
                request.fail(busy)
            return
        pause = min(_FIRST_PAUSE * 2**entry.attempt, _LONGEST_PAUSE)
        asyncio.get_running_loop().call_later(pause, self._again, id, entry)

    def _again(self, id: int, entry: _Entry) -> None:
        wanted = self._wanted.setdefault(id, entry)
        if wanted is not entry:
            wanted.requests += entry.requests
            wanted.attempt = max(wanted.attempt, entry.attempt)
        self._begin()

    def _ended(self, batch: asyncio.Task[None]) -> None:
        self._batches.discard(batch)
        self._begin()
