"""Compiled definitions are kept by id, the most recently used of them."""

import threading

import pytest

from engine.bpmn.cache import Cache


def test_a_value_is_made_once():
    # given
    cache, made = Cache(2), []

    # when
    for _ in range(3):
        assert cache.get(1, lambda: made.append(1) or "one") == "one"

    # then
    assert made == [1]


def test_the_least_recently_used_value_goes_first():
    # given
    cache = Cache(2)
    for key in (1, 2):
        cache.get(key, lambda key=key: f"v{key}")
    cache.get(1, lambda: "again")

    # when
    cache.get(3, lambda: "v3")

    # then
    assert len(cache) == 2
    assert cache.get(1, lambda: "made again") == "v1"
    assert cache.get(2, lambda: "made again") == "made again"


def test_what_cannot_be_made_is_not_kept():
    # given
    cache = Cache(2)

    def fails():
        raise ValueError("no")

    # when
    with pytest.raises(ValueError, match="no"):
        cache.get(1, fails)

    # then
    assert cache.get(1, lambda: "made") == "made"


def test_two_threads_that_make_the_same_value_share_the_first():
    # given
    cache, both = Cache(2), threading.Barrier(2, timeout=10)
    results = []

    def make():
        both.wait()
        return object()

    # when
    threads = [threading.Thread(target=lambda: results.append(cache.get(1, make))) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert results[0] is results[1]
