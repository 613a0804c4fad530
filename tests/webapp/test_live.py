"""News for open pages: who gets which, and how a slow or greedy reader is bounded."""

from __future__ import annotations

import threading
from itertools import islice

from engine.ports import Change
from webapp.live import BACKLOG, STREAMS_A_PERSON, Live, Stream


def change(number: int = 7, workspace: str = "acme") -> Change:
    return Change(workspace=workspace, kind="user_task", id=number, queue="care")


def read(stream: Stream) -> list[str]:
    """Return the names of the events that wait; the stream is over then."""
    stream.end()
    return [line.split("\n")[0] for line in stream.lines()][1:]


def test_a_change_reaches_the_open_pages_of_its_workspace_alone() -> None:
    # given
    live = Live()
    own, other = live.open("acme", "ana"), live.open("globex", "gil")
    assert own and other

    # when
    live.publish([change()])

    # then
    assert read(own) == ["event: user_task"]
    assert read(other) == []


def test_an_event_bears_the_kind_the_id_and_the_queue() -> None:
    # given
    stream = Stream("ana")

    # when
    stream.put(change(9))
    stream.end()

    # then
    assert list(stream.lines())[1] == 'event: user_task\ndata: {"id": 9, "queue": "care"}\n\n'


def test_a_page_that_opens_is_greeted_and_told_when_to_come_back() -> None:
    assert next(Stream("ana").lines()) == "retry: 3000\nevent: hello\ndata: {}\n\n"


def test_given_a_reader_that_cannot_keep_up_then_it_is_told_to_reload_once() -> None:
    # given
    stream = Stream("ana")

    # when
    for number in range(BACKLOG + 50):
        stream.put(change(number))

    # then
    assert read(stream) == ["event: reload"]


def test_after_a_reload_news_go_on() -> None:
    # given
    stream = Stream("ana")
    for number in range(BACKLOG + 1):
        stream.put(change(number))
    events = stream.lines()
    assert [line.split("\n")[0] for line in islice(events, 2)][1] == "event: reload"

    # when
    stream.put(change(1))

    # then
    assert next(events).startswith("event: user_task")


def test_given_news_that_may_have_been_missed_then_the_open_pages_concerned_look_again() -> None:
    # given
    live = Live()
    own, other = live.open("acme", "ana"), live.open("globex", "gil")
    assert own and other
    live.publish([change()])

    # when
    live.reload("acme")
    some = [read(own), read(other)]
    again = live.open("globex", "gil")
    assert again
    live.reload()

    # then
    assert some == [["event: reload"], []]
    assert read(again) == ["event: reload"]


def test_a_silent_stream_sends_heart_beats() -> None:
    assert list(islice(Stream("ana").lines(heart_beat=0.001), 3))[1:] == [": still here\n\n"] * 2


def test_a_stream_ends_by_itself_so_that_its_thread_is_free_again() -> None:
    assert len(list(Stream("ana").lines(longest=0.0))) == 1


def test_given_too_many_pages_of_one_person_when_another_opens_then_the_oldest_stream_ends() -> (
    None
):
    # given
    live = Live()
    streams = [live.open("acme", "ana") for _ in range(STREAMS_A_PERSON)]
    others = live.open("acme", "bob")
    assert all(streams) and others

    # when
    newest = live.open("acme", "ana")

    # then
    live.publish([change()])
    assert newest and read(newest) == ["event: user_task"]
    assert streams[0] and len(list(streams[0].lines())) == 1
    assert streams[1] and read(streams[1]) == ["event: user_task"]
    assert read(others) == ["event: user_task"]


def test_a_stream_that_was_left_makes_room_for_another() -> None:
    # given
    live = Live(streams=1)
    left = live.open("acme", "ana")
    assert left and live.open("acme", "bob") is None

    # when
    live.forget("acme", left)

    # then
    assert live.open("acme", "bob") is not None


def test_given_open_pages_when_the_server_stops_then_their_streams_end() -> None:
    # given
    live = Live()
    stream = live.open("acme", "ana")
    assert stream
    reader = threading.Thread(target=lambda: list(stream.lines(heart_beat=60)))
    reader.start()

    # when
    live.close()
    reader.join(timeout=10)

    # then
    assert not reader.is_alive()
    assert live.open("acme", "ana") is None
