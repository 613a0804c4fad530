"""What may be asked of moments: the methods of Joda's ``DateTime`` and ``java.time`` by name."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from engine.bpmn.expressions.unified.coercion import order, to_number

_STEPS = {
    "Millis": timedelta(milliseconds=1),
    "Seconds": timedelta(seconds=1),
    "Minutes": timedelta(minutes=1),
    "Hours": timedelta(hours=1),
    "Days": timedelta(days=1),
    "Weeks": timedelta(weeks=1),
}
_MONTHS = {"Months": 1, "Years": 12}


def _moved(step: timedelta) -> Callable[[date, Any], date]:
    return lambda value, count: value + step * to_number(count)


def _moved_months(step: int) -> Callable[[date, Any], date]:
    def moved(value: date, count: Any) -> date:
        months = value.year * 12 + value.month - 1 + step * int(to_number(count))
        year, month = divmod(months, 12)
        # The last day of a shorter month stands for a day that it does not have.
        day = min(value.day, calendar.monthrange(year, month + 1)[1])
        return value.replace(year=year, month=month + 1, day=day)

    return moved


def _milliseconds(value: date) -> int:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), UTC)
    return round(value.timestamp() * 1000)


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


MOMENT_METHODS: dict[str, Callable[..., Any]] = {
    **{f"plus{name}": _moved(step) for name, step in _STEPS.items()},
    **{f"minus{name}": _moved(-step) for name, step in _STEPS.items()},
    **{f"plus{name}": _moved_months(step) for name, step in _MONTHS.items()},
    **{f"minus{name}": _moved_months(-step) for name, step in _MONTHS.items()},
    "after": lambda value, other: order(value, other) > 0,
    "before": lambda value, other: order(value, other) < 0,
    "isAfter": lambda value, other: order(value, other) > 0,
    "isBefore": lambda value, other: order(value, other) < 0,
    "getDayOfMonth": lambda value: value.day,
    "getDayOfWeek": lambda value: value.isoweekday(),
    "getHour": lambda value: getattr(value, "hour", 0),
    "getHourOfDay": lambda value: getattr(value, "hour", 0),
    "getMillis": _milliseconds,
    "getMinute": lambda value: getattr(value, "minute", 0),
    "getMinuteOfHour": lambda value: getattr(value, "minute", 0),
    "getMonthOfYear": lambda value: value.month,
    "getMonthValue": lambda value: value.month,
    "getTime": _milliseconds,
    "getYear": lambda value: value.year,
    "toDate": lambda value: value,
    "toLocalDate": _day,
}
