"""What was used most recently is kept, by key."""

from __future__ import annotations

import threading

import pytest

from engine.recent import Recent


def test_a_value_is_made_once() -> None:
    # given
    recent: Recent[int, str] = Recent(2)
    made: list[int] = []

    def make() -> str:
        made.append(1)
        return "one"

    # when
    for _ in range(3):
        assert recent.get_or_make(1, make) == "one"

    # then
    assert made == [1]


def test_the_least_recently_used_value_goes_first() -> None:
    # given
    recent: Recent[int, str] = Recent(2)
    recent.keep(1, "first")
    recent.keep(2, "second")
    recent.get(1)

    # when
    recent.keep(3, "third")

    # then
    assert len(recent) == 2
    assert [recent.get(key) for key in (1, 2, 3)] == ["first", None, "third"]


def test_a_value_that_is_there_is_never_replaced() -> None:
    # given
    recent: Recent[int, str] = Recent(2)
    recent.keep(1, "first")

    # when
    kept = recent.keep(1, "second")

    # then
    assert kept == recent.get(1) == "first"


def test_what_cannot_be_made_is_not_kept() -> None:
    # given
    recent: Recent[int, str] = Recent(2)

    def fails() -> str:
        raise ValueError("no")

    # when
    with pytest.raises(ValueError, match="no"):
        recent.get_or_make(1, fails)

    # then
    assert recent.get_or_make(1, lambda: "made") == "made"


def test_two_threads_that_make_the_same_value_share_the_first() -> None:
    # given
    recent: Recent[int, object] = Recent(2)
    both = threading.Barrier(2, timeout=10)
    results: list[object] = []

    def make() -> object:
        both.wait()
        return object()

    def use() -> None:
        results.append(recent.get_or_make(1, make))

    # when
    threads = [threading.Thread(target=use) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert len(results) == 2
    assert results[0] is results[1]
