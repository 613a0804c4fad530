"""ISO 8601 durations, as people mean them: months by the calendar, days by the clock on the wall.

``P1M`` after 31 January is the last day of February; ``P1D`` is the same time tomorrow, also when
the clocks change in between; ``PT24H`` is always 24 hours. In UTC the last two are the same.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from engine.errors import TimerExpressionError

_NUMBER = r"\d{1,10}(?:[.,]\d{1,6})?"
_PERIOD = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?"
    rf"(?:(?P<weeks>{_NUMBER})W)?(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=\d)(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?"
    rf"(?:(?P<seconds>{_NUMBER})S)?)?",
    re.ASCII,
)
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Period:
    """A duration. ``clock`` is exact; the others depend on the calendar."""

    months: int = 0
    weeks: int = 0
    days: int = 0
    clock: timedelta = timedelta()

    def __bool__(self) -> bool:
        """Tell whether it is longer than nothing."""
        return bool(self.months or self.weeks or self.days or self.clock)

    @property
    def is_exact(self) -> bool:
        """Whether it is equally long wherever it begins."""
        return not (self.months or self.weeks or self.days)

    @property
    def least(self) -> timedelta:
        """How long it is at least: a month of 28 days, a day of 23 hours."""
        return timedelta(days=28 * self.months, hours=23 * self._days) + self.clock

    def times(self, count: int) -> Period:
        """Return it ``count`` times over. Raises ``OverflowError`` beyond what can be counted."""
        return Period(
            self.months * count, self.weeks * count, self.days * count, self.clock * count
        )

    def after(self, start: datetime, zone: tzinfo = UTC) -> datetime:
        """Return the moment at which it is over, in UTC.

        Args:
            start: aware; when it begins.
            zone: whose calendar and clock on the wall count.

        Raises:
            OverflowError: it ends beyond the year 9999.
        """
        if self.is_exact:
            return start.astimezone(UTC) + self.clock
        local = start.astimezone(zone)
        moved = _months_on(local, self.months) + timedelta(days=self._days)
        # A time of day that the clocks jump over is read as if they had not yet jumped.
        return moved.replace(fold=local.fold).astimezone(UTC) + self.clock

    def before(self, end: datetime, zone: tzinfo = UTC) -> datetime:
        """Return when it has to begin to be over at ``end``, in UTC."""
        return self.times(-1).after(end, zone)

    @property
    def _days(self) -> int:
        return 7 * self.weeks + self.days


def period(text: str) -> Period:
    """Return the period that an ISO 8601 duration describes.

    Weeks may stand beside days, and the smallest part may have a fraction: ``P1W2D``, ``PT1.5H``.

    Raises:
        TimerExpressionError: if ``text`` is not a duration, or is negative.
    """
    text = text.strip()
    match = _PERIOD.fullmatch(text)
    if match is None or text == "P":
        raise TimerExpressionError(text, "write a duration such as 'PT15M', 'P1DT2H' or 'P1M'.")
    parts = {name: value.replace(",", ".") for name, value in match.groupdict().items() if value}
    if any("." in value for value in list(parts.values())[:-1]):
        raise TimerExpressionError(
            text, "write 'PT15M' or 'PT1H1.5M'; only the last number may have a fraction."
        )
    months = int(parts.pop("months", 0)) + _MONTHS_A_YEAR * int(parts.pop("years", 0))
    weeks = float(parts.pop("weeks", 0))
    dates = timedelta(weeks=weeks % 1, days=float(parts.pop("days", 0)))
    clock = timedelta(**{name: float(value) for name, value in parts.items()})
    # Half a day is twelve hours; whole days are days.
    return Period(months, int(weeks), dates.days, clock + (dates - timedelta(days=dates.days)))


def _months_on(moment: datetime, months: int) -> datetime:
    years, month = divmod(moment.month - 1 + months, _MONTHS_A_YEAR)
    year = moment.year + years
    if not 1 <= year <= 9999:
        raise OverflowError("date value out of range")
    last = calendar.monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
