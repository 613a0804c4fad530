"""Cron texts: the five fields of Unix, and the six or seven that other engines write.

A sixth field, in front, counts seconds; a seventh, at the end, years. Tools disagree about numbers
for days of the week. A text with ``?`` is Quartz's, where Sunday is 1; any other is Unix's, where
Sunday is 0 or 7. Names (``MON-FRI``) mean the same everywhere.

A time of day that the clocks jump over fires right after the jump; one that comes twice fires once,
unless the hour is ``*``.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from cronsim import CronSim, CronSimError

from engine.errors import TimerExpressionError

_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_SHORT = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_EXAMPLE = "write five fields such as '0 9 * * MON-FRI', or six with the seconds in front."
_FIELD = re.compile(r"[0-9A-Za-z*?,/#-]{1,120}", re.ASCII)
_LOOKS = re.compile(r"@[a-z]+|\S+(?:\s+\S+){4,6}", re.ASCII)
_UNIX, _YEARLY = 5, 7
_LAST_YEAR = 2199


@dataclass(frozen=True, slots=True)
class Cron:
    """A cron text that was understood."""

    fields: str  #: six, with days of the week as Unix numbers them
    years: frozenset[int] | None = None  #: None: every year
    by_number: bool = False  #: six fields name days of the week by numbers: tools disagree

    def after(self, moment: datetime, zone: tzinfo = UTC) -> datetime | None:
        """Return the first firing after ``moment``, in UTC; None when there is none any more."""
        local = moment.astimezone(zone)
        # «Every hour» goes by what really passes; nine o'clock by the clock on the wall.
        real = self.fields.split()[2].startswith("*")
        firings = CronSim(self.fields, local if real else local.replace(tzinfo=None))
        for firing in firings:
            found = firing if real else firing.replace(tzinfo=zone, fold=0)
            if self.years is not None and found.year not in self.years:
                later = [year for year in self.years if year > found.year]
                if not later:
                    return None
                begins = datetime(min(later), 1, 1, tzinfo=zone) - timedelta(seconds=1)
                return self.after(begins, zone)
            if (due := found.astimezone(UTC)) > moment:
                return due
        return None


def looks_like_cron(text: str) -> bool:
    """Tell whether ``text`` has the form of a cron text; it may still be refused by :func:`cron`.

    So has any text of five to seven words.
    """
    return _LOOKS.fullmatch(text.strip()) is not None


@functools.lru_cache(maxsize=256)
def cron(text: str) -> Cron:
    """Return what a cron text means.

    Raises:
        TimerExpressionError: it is none, never fires, or uses what cannot be counted here.
    """
    fields = _SHORT.get(text.strip(), text).split()
    if not _UNIX <= len(fields) <= _YEARLY or not all(map(_FIELD.fullmatch, fields)):
        raise TimerExpressionError(text, _EXAMPLE)
    fields = [field.upper() for field in fields]
    years = _years(text, fields.pop()) if len(fields) == _YEARLY else None
    long = len(fields) > _UNIX
    if not long:
        fields.insert(0, "0")
    quartz = "?" in fields
    _check_days(text, fields, quartz=quartz, long=long)
    by_number = long and any(c in "123456" for c in re.sub(r"[#/]\d+", "", fields[5]))
    fields[5] = ",".join(_weekdays(text, part, quartz) for part in fields[5].split(","))
    fields[3] = fields[3].replace("?", "*")
    found = Cron(" ".join(fields), years, by_number)
    try:
        first = found.after(datetime(2000, 1, 1, tzinfo=UTC))
    except (CronSimError, AssertionError, TypeError, ValueError) as error:
        raise TimerExpressionError(
            text, f"{str(error) or 'a field'} is wrong; {_EXAMPLE}"
        ) from error
    if first is None:
        raise TimerExpressionError(text, "it never fires; " + _EXAMPLE)
    return found


def _check_days(text: str, fields: list[str], *, quartz: bool, long: bool) -> None:
    day, weekday = fields[3], fields[5]
    if "?" in "".join(fields[:3]) + fields[4] or (day == "?" and weekday == "?"):
        raise TimerExpressionError(text, "'?' stands for the day of the month or of the week.")
    if "W" in day.replace("LW", "") or "L-" in day or "C" in day:
        raise TimerExpressionError(
            text, "'W', 'C' and 'L-' cannot be counted; name the days, or write 'L' or 'LW'."
        )
    if long and not quartz and not {day[:1], weekday[:1]} & {"*"}:
        raise TimerExpressionError(
            text, "tools disagree about a day of the month with one of the week; make one '?'."
        )


def _weekdays(text: str, part: str, quartz: bool) -> str:
    """Return one part of the field of weekdays, as Unix numbers them."""
    part, slash, step = part.partition("/")
    part, hash_, nth = part.partition("#")
    if part in ("*", "?"):
        return "*" + slash + step
    if part == "L":
        return "6"  # Quartz: the last day of the week, Saturday
    last = "L" if part.endswith("L") else ""
    ends = [_weekday(text, end, quartz) for end in part.removesuffix("L").split("-")]
    if len(ends) == 1:
        return f"{ends[0]}{last}{hash_}{nth}{slash}{step}"
    if len(ends) > 2 or last or hash_ or not (step or "1").isdigit() or step == "0":
        raise TimerExpressionError(text, _EXAMPLE)
    span = range(ends[0], ends[1] + (7 if ends[1] < ends[0] else 0) + 1)
    return ",".join(str(day % 7) for day in span[:: int(step or 1)])


def _weekday(text: str, word: str, quartz: bool) -> int:
    if word in _NAMES:
        return _NAMES.index(word)
    lowest, highest = (1, 7) if quartz else (0, 7)
    if not word.isdigit() or not lowest <= int(word) <= highest:
        raise TimerExpressionError(text, f"'{word}' is no day of the week; write SUN to SAT.")
    return int(word) - 1 if quartz else int(word) % 7


def _years(text: str, field: str) -> frozenset[int] | None:
    if field == "*":
        return None
    years: set[int] = set()
    for part in field.split(","):
        first, _, last = part.partition("-")
        if not re.fullmatch(r"(19|20|21)\d\d", first) or not re.fullmatch(
            r"((19|20|21)\d\d)?", last
        ):
            raise TimerExpressionError(text, "its last field is no year; write '*', or 2026-2028.")
        years.update(range(int(first), min(int(last or first), _LAST_YEAR) + 1))
    return frozenset(years)
