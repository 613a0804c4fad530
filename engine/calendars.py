"""Business calendars: when the doors are open, and when a stretch of open time is over.

A calendar has a zone, opening hours for each day of the week and holidays. In a duration, hours,
minutes and seconds then count while it is open alone; days count days on which it opens (one open
day after Friday at three is Monday at three); months go by the calendar and then wait for
the doors to open.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.errors import TimerExpressionError
from engine.periods import Period

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_DAY = r"[A-Za-z]{2,9}"
_PART = re.compile(rf"(?P<days>{_DAY}(?:\s*[-,]\s*{_DAY})*)\s+(?P<spans>[\d:,\s-]+)", re.ASCII)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", re.ASCII)
_WHOLE_DAY = 24 * 60
#: How far ahead open time is looked for.
_FURTHEST = timedelta(days=366 * 50)
_WEEK = 7

#: Opening and closing in minutes after midnight, in order, by day of the week (Monday is 0).
Hours = Mapping[int, tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours as they are written; :meth:`check` tells whether they can be read."""

    name: str
    zone: str = "UTC"  #: IANA name
    hours: str = "Mo-Su 00:00-24:00"  #: ``"Mo-Fr 09:00-12:00, 13:00-17:00; Sa 10:00-13:00"``
    holidays: str = ""  #: ``"2026-12-25 2026-12-26"``: closed all day

    def check(self) -> None:
        """Raise ``ValueError`` with one sentence if it cannot be read, or never opens."""
        zone_of(self.zone)
        if not any(_hours(self.hours).values()):
            raise ValueError(f"The calendar '{self.name}' has no opening hours.")
        _holidays(self.holidays)

    def after(self, start: datetime, period: Period) -> datetime:
        """Return the moment, in UTC, at which ``period`` of open time has passed since ``start``.

        Raises:
            TimerExpressionError: it does not open long enough within 50 years.
        """
        zone = zone_of(self.zone)
        local = start.astimezone(zone)
        if not period:
            return start.astimezone(UTC)
        local = Period(period.months, period.weeks).after(local, zone).astimezone(zone)
        if period.days:
            local, closing = self._days_on(self._opening(local), period.days)
            if closing and not period.clock:
                return local.astimezone(UTC)
        return self._open_for(local, period.clock)

    def _open_for(self, local: datetime, left: timedelta) -> datetime:
        for opens, closes in self._open_from(local):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise AssertionError("unreachable")

    def is_open(self, moment: datetime) -> bool:
        """Tell whether the doors are open at an aware moment; at closing time they are not."""
        opens, _ = next(self._open_from(moment.astimezone(zone_of(self.zone))))
        return opens <= moment

    def _opening(self, local: datetime) -> datetime:
        """Return the first moment from ``local`` on, that one included, at which it is open."""
        return next(self._open_from(local))[0].astimezone(zone_of(self.zone))

    def _days_on(self, local: datetime, days: int) -> tuple[datetime, bool]:
        """Return the same time on the ``days``-th open day after, and whether that is closing time.

        A day that closes sooner is over when it closes.
        """
        opened = (day for day in self._days(local.date()) if self._spans(day))
        day = next(each for count, each in enumerate(opened) if count == days)
        closing = self._spans(day)[-1][1]
        if local.hour * 60 + local.minute >= closing:
            zone = zone_of(self.zone)
            return _moment(day, closing, zone).astimezone(zone), True
        return datetime.combine(day, local.timetz().replace(fold=0)), False

    def _open_from(self, local: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield opening and closing moments in UTC, the first cut off at ``local``."""
        zone, start = zone_of(self.zone), local.astimezone(UTC)
        for day in self._days(local.date()):
            for opening, closing in self._spans(day):
                opens, closes = _moment(day, opening, zone), _moment(day, closing, zone)
                if closes > start and closes > opens:
                    yield max(opens, start), closes

    def _spans(self, day: date) -> tuple[tuple[int, int], ...]:
        return () if day in _holidays(self.holidays) else _hours(self.hours)[day.weekday()]

    def _days(self, first: date) -> Iterator[date]:
        try:
            last = first + _FURTHEST
        except OverflowError:
            last = date.max
        while first < last:
            yield first
            first += timedelta(days=1)
        raise TimerExpressionError(
            self.hours, f"the calendar '{self.name}' does not open long enough in 50 years."
        )


@functools.lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """Return the time zone. Raises ``ValueError`` with one sentence if there is none such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{name[:80]}' is no time zone such as 'Europe/Berlin'.") from None


@functools.lru_cache(maxsize=256)
def _hours(text: str) -> Hours:
    found: dict[int, list[tuple[int, int]]] = {day: [] for day in range(_WEEK)}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"'{part[:80]}' are no hours such as 'Mo-Fr 09:00-17:00'.")
        for day in _days_of(match["days"]):
            for opening, closing in _spans_of(match["spans"]):
                if closing > opening:
                    found[day].append((opening, closing))
                else:  # over midnight
                    found[day].append((opening, _WHOLE_DAY))
                    found[(day + 1) % _WEEK].append((0, closing))
    return {day: _merged(spans) for day, spans in found.items()}


def _days_of(text: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        first, _, last = (end.strip() for end in part.partition("-"))
        begin, end = _weekday(first), _weekday(last or first)
        days += [(begin + n) % _WEEK for n in range((end - begin) % _WEEK + 1)]
    return days


def _weekday(text: str) -> int:
    if text[:2].lower() not in _DAYS:
        raise ValueError(f"'{text[:80]}' is no day of the week; write Mo, Tu, We, Th, Fr, Sa, Su.")
    return _DAYS.index(text[:2].lower())


def _spans_of(text: str) -> list[tuple[int, int]]:
    spans = []
    for part in text.split(","):
        match = _SPAN.fullmatch(part.strip())
        numbers = [int(number) for number in match.groups()] if match else []
        if not numbers or max(numbers[1::2]) > 59:
            raise ValueError(f"'{part.strip()[:80]}' is no span of hours such as '09:00-17:00'.")
        opening, closing = numbers[0] * 60 + numbers[1], numbers[2] * 60 + numbers[3]
        if opening >= _WHOLE_DAY or closing > _WHOLE_DAY or opening == closing:
            raise ValueError(f"'{part.strip()[:80]}' is no span of hours within a day.")
        spans.append((opening, closing))
    return spans


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    merged: list[tuple[int, int]] = []
    for opening, closing in sorted(span for span in spans if span[0] < span[1]):
        if merged and opening <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], closing))
        else:
            merged.append((opening, closing))
    return tuple(merged)


@functools.lru_cache(maxsize=256)
def _holidays(text: str) -> frozenset[date]:
    days = []
    for word in text.replace(",", " ").replace(";", " ").split():
        try:
            days.append(date.fromisoformat(word))
        except ValueError:
            raise ValueError(f"'{word[:80]}' is no holiday such as '2026-12-25'.") from None
    return frozenset(days)


def _moment(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the moment in UTC at which the clock on the wall shows ``minutes`` after midnight."""
    if minutes == _WHOLE_DAY:
        return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone).astimezone(UTC)
