"""Many open pages at once: everybody hears, nobody waits for anybody, and places are given back."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.ports import Change
from webapp.live import BACKLOG, STREAMS_A_PERSON, Live, Stream
from webapp.settings import Settings


def change(number: int, workspace: str = "acme") -> Change:
    return Change(workspace=workspace, kind="user_task", id=number, queue=None)


def told(stream: Stream) -> list[str]:
    """Return the events of a stream that has ended, but for the greeting."""
    return [line.split("\n")[0].removeprefix("event: ") for line in stream.lines()][1:]


def test_two_hundred_pages_hear_every_change_in_its_order() -> None:
    # given
    live = Live(streams=300)
    pages = [live.open("acme" if n % 2 else "globex", f"person{n}") for n in range(200)]
    assert all(pages)

    # when
    for number in range(50):
        live.publish([change(number), change(number, "globex")])
    live.close()

    # then
    for page in pages:
        assert page
        ids = [line.split('"id": ')[1].split(",")[0] for line in list(page.lines())[1:]]
        assert ids == [str(n) for n in range(50)]


def test_readers_and_writers_in_many_threads_lose_nothing_and_leave_nothing_behind() -> None:
    # given
    live = Live(streams=100)
    pages = [live.open("acme", f"person{n}") for n in range(16)]
    together = threading.Barrier(20)

    def read(page: Stream | None) -> int:
        together.wait()
        assert page
        return len([event for event in told(page) if event == "user_task"])

    def write(_number: int) -> None:
        together.wait()
        for number in range(BACKLOG // 8):
            live.publish([change(number)])

    # when
    with ThreadPoolExecutor(20) as pool:
        counts = [pool.submit(read, page) for page in pages]
        writers = [pool.submit(write, number) for number in range(4)]
        for writer in writers:
            writer.result(60)
        live.close()
        seen = [count.result(60) for count in counts]

    # then
    assert seen == [4 * (BACKLOG // 8)] * 16


def test_a_reader_that_stands_still_costs_a_backlog_and_holds_up_nobody() -> None:
    # given
    live = Live()
    still, other = live.open("acme", "ana"), live.open("acme", "bob")
    assert still and other
    events = other.lines()
    next(events)

    # when
    heard = 0
    for number in range(BACKLOG * 5):
        live.publish([change(number)])
        heard += next(events).startswith("event: user_task")

    # then
    assert heard == BACKLOG * 5
    live.close()
    assert told(still) == ["reload"]


def test_a_stream_that_overran_before_the_stop_says_so_and_ends() -> None:
    # given
    live = Live()
    stream = live.open("acme", "ana")
    assert stream
    for number in range(BACKLOG * 2):
        live.publish([change(number)])

    # when: nothing more may come, and a second stop changes nothing
    live.close()
    live.close()
    live.publish([change(1)])

    # then
    assert told(stream) == ["reload"]


def test_each_person_has_places_of_their_own_in_each_workspace() -> None:
    live = Live(streams=100)
    opened = [live.open(w, "ana") for w in ("acme", "globex") for _ in range(STREAMS_A_PERSON)]
    live.close()
    assert all(page and told(page) == [] for page in opened)


def test_forgetting_a_page_twice_or_one_that_had_to_go_is_no_error() -> None:
    live = Live()
    first = live.open("acme", "ana")
    assert first
    for _ in range(STREAMS_A_PERSON):
        live.open("acme", "ana")
    live.forget("acme", first)
    live.forget("acme", first)
    live.forget("globex", first)


@pytest.fixture
def settings() -> Settings:
    """Two places for live pages in all."""
    return Settings(database_url=None, public_url="", trusted_proxies=0, threads=4)


@pytest.mark.parametrize("method", ["head", "get"])
def test_a_page_that_is_left_before_it_read_anything_gives_its_place_back(
    app: Any, browser: Any, method: str
) -> None:
    # given
    browser.log_in("ana")

    # when: more come and go than there are places
    answers = []
    for _ in range(5):
        answer = getattr(browser.client, method)("/live", buffered=False)
        answers.append(answer.status_code)
        answer.close()

    # then
    assert answers == [200] * 5


def test_given_no_place_left_when_a_page_opens_then_it_is_told_to_refresh_by_hand(
    browser: Any, installation: Any
) -> None:
    # given
    browser.log_in("ana")
    for _ in range(2):
        assert installation.rooms.live.open("default", "bob")

    # when
    answer = browser.get("/live")

    # then
    assert answer.status_code == 503
    assert "refreshed by hand" in answer.get_data(as_text=True)
