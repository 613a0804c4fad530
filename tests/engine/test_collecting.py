"""The garbage collector waits for the end of a batch, and is never left switched off."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from engine.collecting import uncollected


class Knot:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        """Hold itself."""
        self.own = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leave the collector on, whatever a test did."""
    yield
    gc.enable()


def test_it_waits_inside_and_goes_on_behind() -> None:
    # given
    seen = []

    # when
    with uncollected():
        seen.append(gc.isenabled())
        with uncollected():
            seen.append(gc.isenabled())
        seen.append(gc.isenabled())

    # then
    assert seen == [False, False, False]
    assert gc.isenabled()


def test_it_goes_on_when_the_batch_fails() -> None:
    # when
    with pytest.raises(ValueError, match="broken"), uncollected():
        raise ValueError("broken")

    # then
    assert gc.isenabled()


def test_where_it_is_off_already_it_stays_off() -> None:
    # given
    gc.disable()

    # when
    with uncollected():
        pass

    # then
    assert not gc.isenabled()


def test_the_first_batch_of_several_threads_does_not_switch_it_on_for_the_others() -> None:
    # given
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with uncollected():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=other)
    thread.start()
    assert inside.wait(10)

    # when
    with uncollected():
        pass
    meanwhile = gc.isenabled()
    leave.set()
    thread.join(10)

    # then
    assert not meanwhile
    assert gc.isenabled()


def test_garbage_is_collected_between_batches_that_never_all_end() -> None:
    # given
    gc.collect()
    most = 0

    # when
    with uncollected():
        for _ in range(300):
            with uncollected():
                for _ in range(1000):
                    Knot()
            most = max(most, gc.get_count()[0])

    # then
    assert most < 200_000  # of twice 300,000 that were made
