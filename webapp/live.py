"""News for open pages: what the engine committed, pushed as server-sent events.

One :class:`Live` a process hands every change to the open streams of its workspace, whichever
process committed it (on PostgreSQL they tell each other). A stream is a hint to look again, never
the data itself: a stream that cannot keep up drops what it has and says ``reload`` once, so a slow
reader costs nothing and misses nothing.

An event is named after the kind of change, and its data is JSON: ``{"id": 7, "queue": "care"}``.
"""

from __future__ import annotations

import json
import queue
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from time import monotonic

from flask import Blueprint, Response, abort

from engine.ports import Change
from webapp.security import current_person
from webapp.services import rooms

#: Streams of one person. A browser tab holds one; each holds a thread of the server. Browsers
#: open no more than 6 connections to a host, so one browser cannot use them up.
STREAMS_A_PERSON = 6
#: Seconds after which a silent stream sends a comment. Proxies keep it open for that, and we
#: notice by it that the reader has left.
HEART_BEAT = 10.0
#: Seconds after which a stream ends; the browser opens a new one, perhaps on another process.
LONGEST = 300.0
#: Changes that may wait for a slow reader.
BACKLOG = 200

#: Wakes a reader who has nothing to read but that it has to start over.
_NUDGE = Change("", "reload", 0)

page = Blueprint("live", __name__)


class Live:
    """The open streams of one process."""

    def __init__(self, *, streams: int = 40) -> None:
        """Allow ``streams`` at a time in all, which must be below the server's threads."""
        self._lock = threading.Lock()
        #: By workspace, in the order in which they were opened.
        self._streams: dict[str, dict[Stream, None]] = defaultdict(dict)
        self._room = streams
        self._closed = False

    def publish(self, changes: Sequence[Change]) -> None:
        """Hand ``changes`` to the streams of their workspaces. Never blocks, never raises."""
        with self._lock:
            for change in changes:
                for stream in self._streams.get(change.workspace, ()):
                    stream.put(change)

    def reload(self, workspace: str | None = None) -> None:
        """Have the open pages of a workspace, or all, look at everything again."""
        with self._lock:
            groups = (
                list(self._streams.values())
                if workspace is None
                else [self._streams.get(workspace, {})]
            )
            for group in groups:
                for stream in group:
                    stream.start_over()

    def open(self, workspace: str, login: str) -> Stream | None:
        """Return a new stream, or None when the process has too many or is about to stop.

        Beyond :data:`STREAMS_A_PERSON` the person's oldest one ends: most likely it belongs to a
        page that was left, which we have not noticed yet.
        """
        with self._lock:
            if self._closed or sum(map(len, self._streams.values())) >= self._room:
                return None
            own = [stream for stream in self._streams[workspace] if stream.login == login]
            if len(own) >= STREAMS_A_PERSON:
                own[0].end()
                del self._streams[workspace][own[0]]
            stream = Stream(login)
            self._streams[workspace][stream] = None
            return stream

    def forget(self, workspace: str, stream: Stream) -> None:
        """Drop a stream that its reader has left."""
        with self._lock:
            self._streams[workspace].pop(stream, None)

    def __len__(self) -> int:
        """Return how many streams are open."""
        with self._lock:
            return sum(map(len, self._streams.values()))

    def close(self) -> None:
        """End every stream and open no more, so that the server can stop."""
        with self._lock:
            self._closed = True
            for group in self._streams.values():
                for stream in group:
                    stream.end()


class Stream:
    """What waits to be read by one open page."""

    def __init__(self, login: str) -> None:
        """Start empty; ``login`` is whose page it is."""
        self.login = login
        self._waiting: queue.SimpleQueue[Change | None] = queue.SimpleQueue()
        self._overrun = threading.Event()

    def put(self, change: Change) -> None:
        """Add a change; beyond :data:`BACKLOG` only the need to reload is kept."""
        if self._waiting.qsize() >= BACKLOG:
            self._overrun.set()
        else:
            self._waiting.put(change)

    def start_over(self) -> None:
        """Drop what waits: the reader is told to reload instead."""
        self._overrun.set()
        self._waiting.put(_NUDGE)

    def end(self) -> None:
        """Let the reader finish after what waits already."""
        self._waiting.put(None)

    def lines(self, *, heart_beat: float = HEART_BEAT, longest: float = LONGEST) -> Iterator[str]:
        """Yield server-sent events until the stream ends or ``longest`` seconds have passed."""
        yield "retry: 3000\nevent: hello\ndata: {}\n\n"
        end = monotonic() + longest
        while (left := end - monotonic()) > 0:
            try:
                change = self._waiting.get(timeout=min(heart_beat, left))
            except queue.Empty:
                if self._overrun.is_set():
                    yield from self._start_over()
                else:
                    yield ": still here\n\n"
                continue
            if change is None:
                return
            if self._overrun.is_set():
                yield from self._start_over()
            else:
                yield _event(change)

    def _start_over(self) -> Iterator[str]:
        self._overrun.clear()
        while not self._waiting.empty():
            if self._waiting.get() is None:
                self.end()
                break
        yield "event: reload\ndata: {}\n\n"


@page.get("/live")
def stream() -> Response:
    """Stream the changes of the person's workspace as server-sent events."""
    live, person = rooms().live, current_person()
    news = live.open(person.workspace, person.login)
    if news is None:
        abort(503, "Too many pages are open here. This one works, but has to be refreshed by hand.")

    answer = Response(
        news.lines(),
        mimetype="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
    # Not in a generator's ``finally``: one that nobody began to read is never closed.
    answer.call_on_close(lambda: live.forget(person.workspace, news))
    return answer


def _event(change: Change) -> str:
    data = json.dumps({"id": change.id, "queue": change.queue})
    return f"event: {change.kind}\ndata: {data}\n\n"
