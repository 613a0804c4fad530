"""When a timer is due.

A timer carries an ISO 8601 text: a date, a duration or a cycle. This module turns that text and a
moment into the next moment it is due. It reads no clock and touches no database: callers pass the
time in, so tests need no patching.

Vocabulary: a *due date* is a moment in UTC; a *cycle* is a number of repetitions and a duration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from engine.errors import TimerExpressionError

_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,6})W)?(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,8})H)?(?:(?P<minutes>\d{1,9})M)?"
    r"(?:(?P<seconds>\d{1,10}(?:[.,]\d{1,6})?)S)?)?",
    re.ASCII,
)
_CALENDAR = re.compile(r"P[^T]*\d[YM]", re.ASCII)
_CYCLE = re.compile(r"R(?P<times>\d{0,6})/(?P<rest>.+)", re.ASCII)
_LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Cycle:
    """A timer that fires again and again.

    Attributes:
        times: how often it still fires; None means without end.
        every: the time from one firing to the next; always positive.
        start: the first due date, UTC; None means one ``every`` after the wait began.
    """

    times: int | None
    every: timedelta
    start: datetime | None = None

    def first(self, *, since: datetime) -> datetime:
        """Return the first due date of a wait that began at ``since``, in UTC."""
        return self.start or _later(_utc(since), self.every, str(self.every))

    def after(self, due: datetime, *, now: datetime) -> tuple[Cycle, datetime] | None:
        """Return what is left of the cycle once it fired for ``due``, and its next due date.

        Firings that were missed, because nothing ran between ``due`` and ``now``, count as one:
        they use up their repetitions, and the next due date lies after ``now``. So a long stop
        is never followed by a burst. None means that the cycle is over.

        Args:
            due: the due date that fired, UTC.
            now: the present, UTC; on time is ``now == due``.
        """
        used = 1 + max(0, (now - due) // self.every)
        left = None if self.times is None else self.times - used
        if left is not None and left < 1:
            return None
        return replace(self, times=left), _later(_utc(due), self.every * used, str(self.every))


def due_date(text: str, *, since: datetime) -> datetime:
    """Return the moment at which a timer with a date or a duration is due.

    Args:
        text: an ISO 8601 duration in weeks, days, hours, minutes and seconds, such as
            ``"PT15M"`` or ``"P1DT2H"``, or a date and time with its offset, such as
            ``"2026-03-01T09:00:00+01:00"``. Months and years are refused: their length depends
            on the calendar.
        since: the moment the timer started. Must carry a time zone.

    Returns:
        A moment in UTC. For a duration never before ``since``; a date may have passed already.

    Raises:
        TimerExpressionError: if ``text`` is neither.
        ValueError: if ``since`` carries no time zone.

    Source:
        OMG BPMN 2.0.2, *Timer Event Definition*: ``timeDuration`` and ``timeDate`` conform to
        ISO 8601.
    """
    start = _utc(since)
    text = _checked(text)
    if text.startswith(("P", "-P", "+P")):
        return _later(start, duration(text), text)
    if text.startswith("R"):
        raise TimerExpressionError(text, "a cycle cannot be used here; write a duration or a date.")
    return _date(text)


def duration(text: str) -> timedelta:
    """Return how long an ISO 8601 duration is.

    Raises:
        TimerExpressionError: if ``text`` is not a duration, is negative, or counts months or years.
    """
    text = _checked(text)
    if _CALENDAR.match(text):
        raise TimerExpressionError(
            text, "months and years have no fixed length; write days, such as 'P30D'."
        )
    match = _DURATION.fullmatch(text)
    if match is None or text == "P":
        raise TimerExpressionError(text, "write a duration such as 'PT15M', 'P1DT2H' or 'P2W'.")
    parts = {k: float(v.replace(",", ".")) for k, v in match.groupdict().items() if v}
    return timedelta(**parts)


def cycle(text: str) -> Cycle:
    """Return the cycle that ``text`` describes.

    Args:
        text: ``"R3/PT1H"`` fires three times, an hour apart, the first an hour after the wait
            began; ``"R/PT1H"`` never ends; ``"R3/2026-03-01T09:00:00Z/PT1H"`` fires first at
            that moment. Cron texts and an end date are refused.

    Raises:
        TimerExpressionError: if ``text`` is none of these.

    Source:
        ISO 8601, *repeating intervals*; OMG BPMN 2.0.2, ``timeCycle``.
    """
    text = _checked(text)
    match = _CYCLE.fullmatch(text)
    if match is None:
        raise TimerExpressionError(text, "write a cycle such as 'R3/PT1H', or 'R/P1D' for ever.")
    times = int(match["times"]) if match["times"] else None
    if times == 0:
        raise TimerExpressionError(text, "a cycle of 0 repetitions never fires; write 'R1/…'.")
    start, _, every = match["rest"].rpartition("/")
    period = duration(every)
    if not period:
        raise TimerExpressionError(text, "a cycle needs a duration above zero between firings.")
    return Cycle(times, period, _date(start) if start else None)


def is_cycle(text: str) -> bool:
    """Tell whether ``text`` has the form of a cycle; it may still be refused by :func:`cycle`."""
    return text.strip().startswith("R")


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST_TEXT:
        raise TimerExpressionError(text, "write a duration such as 'PT15M' or a date with offset.")
    return text


def _date(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise TimerExpressionError(
            text, "write a duration such as 'PT15M' or a date such as '2026-03-01T09:00:00Z'."
        ) from None
    if moment.tzinfo is None:
        # The server's own offset would be a guess, and would change with daylight saving.
        raise TimerExpressionError(text, "a date needs its offset from UTC; add 'Z' or '+01:00'.")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise TimerExpressionError(
            text, "in UTC it lies outside the years 1 to 9999; write another one."
        ) from None


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} carries no time zone; pass an aware datetime")
    return moment.astimezone(UTC)


def _later(start: datetime, wait: timedelta, text: str) -> datetime:
    try:
        return start + wait
    except OverflowError:
        raise TimerExpressionError(text, "it lies beyond the year 9999; write less.") from None
