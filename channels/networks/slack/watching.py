"""Answers that were read, and may be changed or deleted later: a thread at a time is read again.

The Events API tells of both at once, where it is set up. Slack keeps no list of either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.networks.slack.wire import digest, is_deleted, moment
from channels.positions import is_due

#: Between two threads that are read again: one call of the about fifty that a minute has.
TENDING = timedelta(seconds=60)
#: Answers that are watched at most, and until they are so old.
WATCHED, WATCHED_FOR = 100, timedelta(days=3)


@dataclass(slots=True)
class Watch:
    """The answers of one channel that are watched, as its position keeps them."""

    #: Name, thread and digest of each, oldest first.
    watched: list[list[str]] = field(default_factory=list)
    turn: int = 0
    tended_at: str | None = None  #: ISO 8601

    @classmethod
    def of(cls, position: Mapping[str, Any]) -> Watch:
        """Return what a position keeps."""
        watched = [list(one) for one in position.get("watched") or ()]
        return cls(watched, int(position.get("turn") or 0), position.get("tended_at"))

    def add(self, messages: Iterable[Mapping[str, Any]]) -> None:
        """Watch answers that were read."""
        new = [[str(one["ts"]), str(one["thread_ts"]), digest(one)] for one in messages]
        self.watched = [*self.watched, *new][-WATCHED:]

    def next_thread(self, now: datetime) -> tuple[str, str] | None:
        """Return whose turn it is, and a moment before its answers; None: it is nobody's now."""
        self.watched = [one for one in self.watched if now - moment(one[0]) < WATCHED_FOR]
        if not self.watched or not is_due(self.tended_at, now, TENDING):
            return None
        threads = list(dict.fromkeys(thread for _, thread, _ in self.watched))
        thread = threads[self.turn % len(threads)]
        self.turn, self.tended_at = (self.turn + 1) % len(threads), now.isoformat()
        first = min(float(ts) for ts, one, _ in self.watched if one == thread)
        return thread, f"{first - 1:.6f}"

    def compare(
        self, thread: str, there: Iterable[Mapping[str, Any]]
    ) -> tuple[list[Mapping[str, Any]], list[str]]:
        """Return which watched answers of a thread say something else, and the names of the gone.

        ``there`` is all of the thread since the first of them; what is gone is watched no more.
        """
        now = {str(one.get("ts")): one for one in there if not is_deleted(one)}
        changed, gone = [], []
        for one in self.watched:
            ts, where, known = one
            if where != thread:
                continue
            if ts not in now:
                gone.append(ts)
            elif (anew := digest(now[ts])) != known:
                one[2] = anew
                changed.append(now[ts])
        self.watched = [one for one in self.watched if one[0] not in gone]
        return changed, gone

    def kept(self) -> dict[str, Any]:
        """Return what the position keeps."""
        return {"watched": self.watched, "turn": self.turn, "tended_at": self.tended_at}
