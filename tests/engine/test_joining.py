"""Wake-ups of the same moment become one batch, and each ends when its instances are through."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Collection, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.waking import joining
from engine.waking.joining import MOST, BusyError, Joiner

#: Far longer than anything here takes.
PATIENCE = 20


class Gate:
    """Stands for the engine: notes the batches, and holds them until it is opened."""

    def __init__(self) -> None:
        """Start closed."""
        self.batches: list[list[int]] = []
        self.open = threading.Event()
        self.busy: Counter[int] = Counter()  #: how often an instance is still held by others
        self._lock = threading.Lock()

    def advance(self, ids: Collection[int]) -> set[int]:
        """Note a batch, and return those that are held."""
        with self._lock:
            self.batches.append(list(ids))
        assert self.open.wait(PATIENCE)
        with self._lock:
            held = {id for id in ids if self.busy[id] > 0}
            self.busy.subtract(held)
        return held


def joined(work: Callable[[Joiner, Gate], Coroutine[None, None, None]]) -> Gate:
    """Do ``work`` with a joiner on a gate, and return the gate."""
    gate = Gate()

    async def run() -> None:
        joiner = Joiner(gate.advance)
        try:
            await asyncio.wait_for(work(joiner, gate), PATIENCE)
        finally:
            await joiner.close(PATIENCE)

    # In a thread of its own: the browser of other tests leaves a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()
    return gate


async def all_of(joiner: Joiner, gate: Gate, *wakeups: list[int]) -> None:
    """Ask for all of them at once, open the gate, and wait for all."""
    asked = [asyncio.ensure_future(joiner.advance(ids)) for ids in wakeups]
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.gather(*asked)


def test_what_arrives_while_batches_run_becomes_the_next_one() -> None:
    # when
    gate = joined(lambda j, g: all_of(j, g, [1], [2], [3, 4], [5]))

    # then
    assert sorted(gate.batches) == [[1], [2], [3, 4, 5]]


def test_a_batch_is_no_larger_than_a_transaction() -> None:
    # when
    gate = joined(lambda j, g: all_of(j, g, list(range(2 * MOST + 1))))

    # then
    assert sorted(len(batch) for batch in gate.batches) == [1, MOST, MOST]


def test_an_instance_of_a_running_batch_waits_for_the_next_one_and_is_in_it_once() -> None:
    # when: what the second and third were told may be news to the first
    gate = joined(lambda j, g: all_of(j, g, [7], [7], [7]))

    # then
    assert gate.batches == [[7], [7]]


def test_an_instance_that_others_hold_is_tried_again_and_delays_no_other() -> None:
    # given
    async def work(joiner: Joiner, gate: Gate) -> None:
        gate.busy[1] = 3
        gate.open.set()
        held = asyncio.ensure_future(joiner.advance([1, 2]))
        await joiner.advance([3])
        assert not held.done()
        await held

    # when
    gate = joined(work)

    # then
    tried = Counter(id for batch in gate.batches for id in batch)
    assert (tried[1], tried[2], tried[3]) == (4, 1, 1)


def test_an_instance_that_is_held_for_ever_fails_its_wake_up_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given: no patience
    monkeypatch.setattr(joining, "_LONGEST_PAUSE", 0.001)

    async def work(joiner: Joiner, gate: Gate) -> None:
        gate.busy[1] = 1_000
        gate.open.set()
        with pytest.raises(BusyError, match="Instance 1 is held"):
            await joiner.advance([1, 2])
        await joiner.advance([2])

    # when, then
    joined(work)


def test_a_batch_that_fails_fails_every_wake_up_in_it_and_no_other() -> None:
    # given
    async def work(joiner: Joiner, gate: Gate) -> None:
        gate.open.set()
        with pytest.raises(TypeError):
            await joiner.advance([1, "x"])  # type: ignore[list-item]
        await joiner.advance([2])

    # when, then
    joined(work)


def test_nothing_asked_for_is_nothing_done() -> None:
    assert joined(lambda j, g: all_of(j, g, [])).batches == []
