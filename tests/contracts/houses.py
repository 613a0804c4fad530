"""Processes as far as the engine can tell: each an engine and a waker, on one database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from engine import InstanceStatus
from engine.waking.cluster import ClusterWaker
from engine.waking.embedded import EmbeddedWaker
from tests.engine.conftest import Bench

#: Seconds between two sweeps where a test wants none, and where it waits for one.
NEVER, OFTEN = 3600.0, 0.2


class House(Bench):
    """One process: an engine that follows scripts, and its waker."""

    def __init__(self, url: str, sweep_every: float = NEVER) -> None:
        """Open it; the waker is in use, and not started."""
        super().__init__(url)
        kind = EmbeddedWaker if url.startswith("sqlite") else ClusterWaker
        self.waker = kind(self.engine, sweep_every=sweep_every)
        self.engine.use_waker(self.waker)

    def leave(self, key: str, count: int = 1) -> list[int]:
        """Start instances in one transaction that advances none of them; return their ids."""
        with self.engine.transaction() as uow:
            return [self.engine.start(key, within=uow).id for _ in range(count)]

    def waiting(self, ids: Sequence[int]) -> list[int]:
        """Return how many user tasks each instance has."""
        return [len(self.engine.user_tasks(id)) for id in ids]

    def status(self, id: int) -> InstanceStatus:
        """Return the status of an instance."""
        return self.engine.instance(id).status


#: Opens a house: address, and seconds between two sweeps.
Opened = Callable[..., House]


@contextmanager
def houses() -> Iterator[Opened]:
    """Give what opens houses; they are stopped and closed in the end."""
    with ExitStack() as stack:

        def make(url: str, sweep_every: float = NEVER) -> House:
            house = House(url, sweep_every)
            stack.callback(house.engine.close)
            stack.callback(house.waker.stop)
            return house

        yield make
