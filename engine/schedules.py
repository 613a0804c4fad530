"""Following a timer's text from one firing to the next.

A :class:`Schedule` is a text with the zone or business calendar it is read in; a :class:`Firing` is
where a wait that follows it stands, small enough to be stored. Like :mod:`engine.timers` it reads
no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from engine.calendars import Calendar, zone_of
from engine.cron import Cron, cron, looks_like_cron
from engine.errors import TimerExpressionError
from engine.periods import Period
from engine.timers import Cycle, cycle, due_date, in_utc

#: More firings than this in business hours, missed while nothing ran, are not counted one by one.
_MOST_MISSED = 1_000
#: What has ended since then may be read all the same.
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Firing:
    """Where a wait stands that follows a schedule."""

    due: datetime  #: UTC
    left: int | None = 1  #: how often it fires, this time included; None: without end
    anchor: datetime | None = None  #: the first due date: a rhythm is counted from it, UTC
    index: int = 0  #: how many firings of the rhythm came before


@dataclass(frozen=True, slots=True)
class Schedule:
    """A timer's text, and how it is read."""

    text: str
    zone: str = "UTC"  #: IANA name; a calendar has a zone of its own
    calendar: Calendar | None = None  #: durations count its open time alone

    def check(self) -> None:
        """Raise ``TimerExpressionError`` if the text is no time."""
        self.first(since=_LONG_AGO)

    def first(self, *, since: datetime) -> Firing:
        """Return the first firing of a wait that began at ``since``; it may have passed already.

        Raises:
            TimerExpressionError: the text is no time, or lies beyond the year 9999.
            ValueError: if ``since`` carries no time zone.
        """
        start = in_utc(since)
        try:
            found = self._first(start)
        except OverflowError:
            raise TimerExpressionError(self.text, "it lies beyond the year 9999.") from None
        if found is None:
            raise TimerExpressionError(self.text, "it has ended, and never fires again.")
        return found

    def _first(self, start: datetime) -> Firing | None:
        rhythm = self._rhythm()
        if rhythm is None:
            return Firing(due_date(self.text, since=start, zone=self._zone, calendar=self.calendar))
        if isinstance(rhythm, Cron):
            due = rhythm.after(start, self._zone)
            return None if due is None else Firing(due, None)
        if rhythm.start is None and rhythm.end is not None:
            return self._towards(rhythm, rhythm.end, start)
        first = rhythm.start or self._later(start, rhythm.every)
        if rhythm.end is not None and first > rhythm.end:
            return None
        return Firing(first, rhythm.times, first)

    def following(self, firing: Firing, *, now: datetime) -> Firing | None:
        """Return the firing after ``firing``; None when that was the last.

        Firings that were missed, because nothing ran between its due date and ``now``, count as
        one: they use up their repetitions, and the next due date lies after ``now``. So a long
        stop is never followed by a burst.
        """
        rhythm = self._rhythm()
        now = max(now, firing.due)
        try:
            if isinstance(rhythm, Cron):
                due = rhythm.after(now, self._zone)
                return None if due is None else Firing(due, None)
            return None if rhythm is None else self._after(rhythm, firing, now)
        except OverflowError:
            return None

    def upcoming(self, *, now: datetime) -> Firing | None:
        """Return the first firing of a wait that begins at ``now`` and makes up for nothing.

        A date that has passed never fires; a rhythm that began in the past fires when it is due
        next.

        Raises:
            TimerExpressionError: the text is no time.
        """
        try:
            first = self.first(since=now)
        except TimerExpressionError:
            if self._rhythm() is None:
                raise
            return None  # a rhythm that has ended
        return first if first.due >= now else self.following(first, now=now)

    def _rhythm(self) -> Cycle | Cron | None:
        if looks_like_cron(self.text):
            return cron(self.text)
        return cycle(self.text, zone=self._zone) if self.text.strip().startswith("R") else None

    @property
    def _zone(self) -> tzinfo:
        return zone_of(self.calendar.zone if self.calendar is not None else self.zone)

    def _later(self, start: datetime, wait: Period) -> datetime:
        if self.calendar is not None:
            return self.calendar.after(start, wait)
        return wait.after(start, self._zone)

    def _after(self, rhythm: Cycle, firing: Firing, now: datetime) -> Firing | None:
        anchor = firing.anchor or firing.due
        index, due = self._next_beat(rhythm.every, anchor, firing, now)
        left = None if firing.left is None else firing.left - (index - firing.index)
        if (left is not None and left < 1) or (rhythm.end is not None and due > rhythm.end):
            return None
        return Firing(due, left, anchor, index)

    def _next_beat(
        self, every: Period, anchor: datetime, firing: Firing, now: datetime
    ) -> tuple[int, datetime]:
        """Return number and moment of the first beat after ``now`` that is not ``firing``."""
        if self.calendar is not None:
            return self._next_open_beat(every, firing, now)

        def beat(count: int) -> datetime:
            return every.times(count).after(anchor, self._zone)

        low, high = firing.index + 1, firing.index + 1
        if now > firing.due:
            high += (now - firing.due) // every.least + 1
        try:
            while low < high:
                middle = (low + high) // 2
                low, high = (middle + 1, high) if beat(middle) <= now else (low, middle)
        except OverflowError:
            # Guessed too far, near the year 9999: nothing fires there.
            raise OverflowError("date value out of range") from None
        return low, beat(low)

    def _next_open_beat(self, every: Period, firing: Firing, now: datetime) -> tuple[int, datetime]:
        index, due = firing.index, firing.due
        for _ in range(_MOST_MISSED):
            index, due = index + 1, self._later(due, every)
            if due > now:
                return index, due
        return index, self._later(now, every)

    def _towards(self, rhythm: Cycle, end: datetime, start: datetime) -> Firing | None:
        """Return the first firing after ``start`` of a rhythm that has one on its ``end``."""
        if end < start:
            return None
        most = (end - start) // rhythm.every.least + 1
        low, high = 0, most if rhythm.times is None else min(most, rhythm.times - 1)
        while low < high:
            middle = (low + high + 1) // 2
            early = rhythm.every.times(middle).before(end, self._zone) <= start
            low, high = (low, middle - 1) if early else (middle, high)
        first = rhythm.every.times(low).before(end, self._zone)
        return Firing(first, low + 1, first)
