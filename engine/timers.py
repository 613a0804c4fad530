"""When a timer is due.

A timer carries a text: a date, a duration or a cycle as ISO 8601 writes them, or a cron text (see
:mod:`engine.cron`). This module turns that text and a moment into the next moment it is due. It
reads no clock and touches no database: callers pass the time in, so tests need no patching.

Vocabulary: a *due date* is a moment in UTC; a *cycle* fires again and again. How a wait goes on
from one firing to the next is in :mod:`engine.schedules`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from engine.calendars import Calendar
from engine.cron import looks_like_cron
from engine.errors import TimerExpressionError
from engine.periods import Period, period

_CYCLE = re.compile(r"R(?P<times>-1|\d{0,6})/(?P<rest>.+)", re.ASCII)
#: ``2026-03-01T09:00+01:00[Europe/Berlin]``: the offset says it all, the zone is passed over.
_ZONE_BESIDE = re.compile(r"(?<=[Z\d])\[[\w/+-]{1,60}\]", re.ASCII)
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Cycle:
    """A timer that fires again and again.

    Attributes:
        times: how often it still fires; None means without end.
        every: from one firing to the next; always longer than nothing.
        start: the first due date, UTC; None means one ``every`` after the wait began.
        end: no firing comes after it, UTC; without ``start`` one falls on it.
    """

    times: int | None
    every: Period
    start: datetime | None = None
    end: datetime | None = None


def due_date(
    text: str, *, since: datetime, zone: tzinfo = UTC, calendar: Calendar | None = None
) -> datetime:
    """Return the moment at which a timer with a date, a duration or an interval is due.

    Args:
        text: an ISO 8601 duration such as ``"PT15M"`` or ``"P1M"``; a date and time such as
            ``"2026-03-01T09:00:00+01:00"``; or an interval, which is due at its end.
        since: the moment the timer started. Must carry a time zone.
        zone: of a date without offset, and of the days and months of durations.
        calendar: a duration then counts its open time alone.

    Returns:
        A moment in UTC. For a duration never before ``since``; a date may have passed already.

    Raises:
        TimerExpressionError: if ``text`` is none of these.
        ValueError: if ``since`` carries no time zone.

    Source:
        OMG BPMN 2.0.2, *Timer Event Definition*: ``timeDuration`` and ``timeDate`` conform to
        ISO 8601.
    """
    start = in_utc(since)
    text = _checked(text)
    first, slash, second = text.partition("/")
    if text.startswith("R"):
        raise TimerExpressionError(text, "a cycle cannot be used here; write a duration or a date.")
    try:
        if slash and second.startswith("P"):
            return period(second).after(_date(first, zone), zone)
        if slash:
            return _date(second, zone)
        if text.startswith(("P", "-P", "+P")):
            wait = period(text)
            return wait.after(start, zone) if calendar is None else calendar.after(start, wait)
    except OverflowError:
        raise TimerExpressionError(text, "it lies beyond the year 9999; write less.") from None
    return _date(text, zone)


def duration(text: str) -> timedelta:
    """Return how long an ISO 8601 duration is, a day being 24 hours.

    Raises:
        TimerExpressionError: if ``text`` is not a duration, is negative, or counts months or years.
    """
    found = period(_checked(text))
    if found.months:
        raise TimerExpressionError(
            text, "months and years have no fixed length; write days, such as 'P30D'."
        )
    return timedelta(weeks=found.weeks, days=found.days) + found.clock


def cycle(text: str, *, zone: tzinfo = UTC) -> Cycle:
    """Return the cycle that ``text`` describes.

    Args:
        text: ``"R3/PT1H"`` fires three times, an hour apart, the first an hour after the wait
            began; ``"R/PT1H"`` never ends; ``"R3/2026-03-01T09:00:00Z/PT1H"`` fires first at
            that moment, as does ``"R3/2026-03-01T09:00:00Z/2026-03-01T10:00:00Z"``;
            ``"R3/PT1H/2026-03-01T09:00:00Z"`` fires at that moment for the last time; start,
            duration and end may stand together.
        zone: of dates without offset.

    Raises:
        TimerExpressionError: if ``text`` is none of these.

    Source:
        ISO 8601, *repeating intervals*; OMG BPMN 2.0.2, ``timeCycle``.
    """
    text = _checked(text)
    match = _CYCLE.fullmatch(text)
    if match is None:
        raise TimerExpressionError(text, "write a cycle such as 'R3/PT1H', or 'R/P1D' for ever.")
    times = None if match["times"] in ("", "-1") else int(match["times"])
    if times == 0:
        raise TimerExpressionError(text, "a cycle of 0 repetitions never fires; write 'R1/…'.")
    found = replace(_interval(text, match["rest"].split("/"), zone), times=times)
    if not found.every:
        raise TimerExpressionError(text, "a cycle needs a duration above zero between firings.")
    return found


def _interval(text: str, parts: list[str], zone: tzinfo) -> Cycle:
    match [part.startswith("P") for part in parts]:
        case [True]:
            return Cycle(None, period(parts[0]))
        case [False, True]:
            return Cycle(None, period(parts[1]), start=_date(parts[0], zone))
        case [True, False]:
            return Cycle(None, period(parts[0]), end=_date(parts[1], zone))
        case [False, True, False]:
            start, end = _date(parts[0], zone), _date(parts[2], zone)
            return Cycle(None, period(parts[1]), start, end)
        case [False, False]:
            start, end = _date(parts[0], zone), _date(parts[1], zone)
            if end > start:
                return Cycle(None, Period(clock=end - start), start)
    raise TimerExpressionError(text, "write a cycle such as 'R3/PT1H', or 'R/P1D' for ever.")


def is_cycle(text: str) -> bool:
    """Tell whether ``text`` has the form of a cycle or cron text; it may still be refused."""
    return text.strip().startswith("R") or looks_like_cron(text)


def has_naive_date(text: str) -> bool:
    """Tell whether a date in ``text`` does not say its offset, so that a zone has to be assumed."""
    for part in _ZONE_BESIDE.sub("", text.strip()).split("/"):
        try:
            if datetime.fromisoformat(part).tzinfo is None:
                return True
        except ValueError:
            continue
    return False


def _checked(text: str) -> str:
    text = text.strip()
    if not text or len(text) > _LONGEST_TEXT:
        raise TimerExpressionError(text, "write a duration such as 'PT15M' or a date with offset.")
    return _ZONE_BESIDE.sub("", text)


def _date(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise TimerExpressionError(
            text, "write a duration such as 'PT15M' or a date such as '2026-03-01T09:00:00Z'."
        ) from None
    if moment.tzinfo is None:
        # The server's own offset would be a guess, and would change with daylight saving.
        moment = moment.replace(tzinfo=zone)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise TimerExpressionError(
            text, "in UTC it lies outside the years 1 to 9999; write another one."
        ) from None


def in_utc(moment: datetime) -> datetime:
    """Return an aware moment in UTC. Raises ``ValueError`` if it carries no time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} carries no time zone; pass an aware datetime")
    return moment.astimezone(UTC)
