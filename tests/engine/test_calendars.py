"""Business calendars: open time alone counts, whatever clocks and holidays do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendars import Calendar, zone_of
from engine.errors import TimerExpressionError
from engine.periods import Period, period

OFFICE = Calendar(
    "office",
    "Europe/Berlin",
    "Mo-Fr 09:00-12:00, 13:00-17:00; Sa 10:00-13:00",
    "2026-12-25 2026-12-26",
)
NIGHT = Calendar("night", "Europe/Berlin", "Fr-Sa 22:00-06:00")
ALWAYS = Calendar("always", "Europe/Berlin", "Mo-Su 00:00-24:00")


def at(text: str, calendar: Calendar = OFFICE) -> datetime:
    """Return a moment by the clock of the calendar."""
    return datetime.fromisoformat(text).replace(tzinfo=zone_of(calendar.zone))


def after(text: str, wait: str, calendar: Calendar = OFFICE) -> str:
    """Return when a wait is over, by the clock of the calendar."""
    due = calendar.after(at(text, calendar), period(wait))
    return due.astimezone(zone_of(calendar.zone)).strftime("%a %m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "wait", "due"),
    [
        ("2026-03-02T09:00", "PT2H", "Mon 03-02 11:00"),
        ("2026-03-02T11:00", "PT2H", "Mon 03-02 14:00"),  # the lunch hour does not count
        ("2026-03-02T16:00", "PT2H", "Tue 03-03 10:00"),
        ("2026-03-06T16:00", "PT2H", "Sat 03-07 11:00"),
        ("2026-03-07T12:00", "PT2H", "Mon 03-09 10:00"),
        ("2026-03-01T12:00", "PT1H", "Mon 03-02 10:00"),  # Sunday
        ("2026-03-02T09:00", "PT7H", "Mon 03-02 17:00"),  # over at closing time, not the day after
        ("2026-12-24T16:00", "PT2H", "Mon 12-28 10:00"),  # two holidays and a Sunday
        ("2026-03-06T15:00", "P1D", "Sat 03-07 13:00"),  # not after closing time
        ("2026-03-05T15:00", "P3D", "Mon 03-09 15:00"),
        ("2026-03-05T15:00", "P1DT4H", "Sat 03-07 12:00"),
        ("2026-03-01T15:00", "P1D", "Tue 03-03 09:00"),  # counted from the next opening
        ("2026-03-05T15:00", "P1W", "Thu 03-12 15:00"),
        ("2026-01-31T11:00", "P1M", "Sat 02-28 11:00"),
        ("2026-03-22T11:00", "P1W", "Mon 03-30 09:00"),  # a Sunday: then it waits for the doors
        ("2026-03-01T12:00", "PT0S", "Sun 03-01 12:00"),
    ],
)
def test_a_duration_counts_open_time(start: str, wait: str, due: str) -> None:
    assert after(start, wait) == due


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    # given: open Friday 22:00 to Saturday 06:00, and Saturday 22:00 to Sunday 06:00
    assert after("2026-03-06T23:00", "PT8H", NIGHT) == "Sat 03-07 23:00"
    assert after("2026-03-08T05:30", "PT1H", NIGHT) == "Fri 03-13 22:30"


@pytest.mark.parametrize(
    ("start", "hours"),
    [("2026-03-29T00:00", 23), ("2026-10-25T00:00", 25), ("2026-03-02T00:00", 24)],
)
def test_a_day_in_which_the_clocks_change_has_as_many_open_hours_as_pass(
    start: str, hours: int
) -> None:
    assert ALWAYS.after(at(start), period(f"PT{hours}H")) == at(start).astimezone(UTC) + timedelta(
        hours=hours
    )
    assert after(start, f"PT{hours}H", ALWAYS).endswith("00:00")


@pytest.mark.parametrize(
    ("calendar", "why"),
    [
        (Calendar("c", hours=""), "no opening hours"),
        (Calendar("c", hours=" ; "), "no opening hours"),
        (Calendar("c", hours="Mo-Fr"), "no hours such as"),
        (Calendar("c", hours="Mo 9-17"), "no span of hours"),
        (Calendar("c", hours="Mo 09:00-09:00"), "no span of hours"),
        (Calendar("c", hours="Mo 09:00-25:00"), "no span of hours"),
        (Calendar("c", hours="Mo 09:61-10:00"), "no span of hours"),
        (Calendar("c", hours="Xx 09:00-10:00"), "no day of the week"),
        (Calendar("c", zone="Moon/Base"), "no time zone"),
        (Calendar("c", holidays="25.12."), "no holiday"),
    ],
)
def test_a_calendar_that_never_opens_or_cannot_be_read_is_refused(
    calendar: Calendar, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        calendar.check()


def test_a_wait_beyond_all_opening_hours_is_refused_and_does_not_hang() -> None:
    with pytest.raises(TimerExpressionError, match="50 years"):
        OFFICE.after(at("2026-03-02T09:00"), Period(clock=timedelta(hours=10_000_000)))


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
WAITS = st.builds(
    Period,
    days=st.integers(0, 20),
    clock=st.timedeltas(timedelta(0), timedelta(hours=200)),
)
CALENDARS = st.sampled_from([OFFICE, NIGHT, ALWAYS])


def open_time(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Count minute by minute, in a way that shares nothing with the arithmetic."""
    minute = timedelta(minutes=1)
    return minute * sum(
        calendar.is_open(start + minute * n) for n in range(int((end - start) / minute))
    )


@given(CALENDARS, MOMENTS, st.integers(1, 40))
def test_as_much_open_time_lies_between_as_was_asked_for(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    # given
    start = start.replace(second=0, microsecond=0)

    # when
    due = calendar.after(start, Period(clock=timedelta(minutes=minutes)))

    # then
    if due - start < timedelta(days=2):
        assert open_time(calendar, start, due) == timedelta(minutes=minutes)
    assert calendar.is_open(due - timedelta(minutes=1))


@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)), WAITS)
def test_who_begins_later_is_never_due_sooner(
    calendar: Calendar, start: datetime, more: timedelta, wait: Period
) -> None:
    assert calendar.after(start, wait) <= calendar.after(start + more, wait)


@given(CALENDARS, MOMENTS, st.integers(1, 3_000), st.integers(1, 3_000))
def test_waiting_twice_is_waiting_for_the_sum(
    calendar: Calendar, start: datetime, one: int, two: int
) -> None:
    # given
    first, second = (Period(clock=timedelta(minutes=each)) for each in (one, two))

    # then
    both = Period(clock=timedelta(minutes=one + two))
    assert calendar.after(calendar.after(start, first), second) == calendar.after(start, both)
