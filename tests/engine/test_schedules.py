"""Timers from one firing to the next: rhythms, ends, long stops, business hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.calendars import Calendar
from engine.errors import TimerExpressionError
from engine.schedules import Firing, Schedule

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def firings(schedule: Schedule, *, since: datetime = NOON, most: int = 5) -> list[str]:
    """Return the first due dates, each fired on time."""
    found: list[str] = []
    left: Firing | None = schedule.first(since=since)
    while left is not None and len(found) < most:
        found.append(left.due.strftime("%m-%d %H:%M"))
        left = schedule.following(left, now=left.due)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT1H", ["03-01 13:00"]),
        ("R3/PT1H", ["03-01 13:00", "03-01 14:00", "03-01 15:00"]),
        ("R2/2026-03-01T12:00:00Z/PT5M", ["03-01 12:00", "03-01 12:05"]),
        ("R3/2026-01-31T08:00:00Z/P1M", ["01-31 08:00", "02-28 08:00", "03-31 08:00"]),
        ("R/PT1H/2026-03-01T14:30:00Z", ["03-01 12:30", "03-01 13:30", "03-01 14:30"]),
        ("R2/PT1H/2026-03-01T18:00:00Z", ["03-01 17:00", "03-01 18:00"]),
        ("R/2026-03-01T13:00:00Z/PT1H/2026-03-01T14:59:00Z", ["03-01 13:00", "03-01 14:00"]),
        ("0 9 * * MON", ["03-02 09:00", "03-09 09:00", "03-16 09:00"]),
        ("0 0 9 ? * 2 2026", ["03-02 09:00", "03-09 09:00", "03-16 09:00"]),
    ],
)
def test_a_schedule_fires_when_it_says(text: str, expected: list[str]) -> None:
    assert firings(Schedule(text), most=max(3, len(expected)))[: len(expected)] == expected


def test_given_a_zone_when_the_clocks_change_then_a_daily_rhythm_keeps_its_time_of_day() -> None:
    # given the night in which the clocks of Berlin lose an hour
    schedule = Schedule("R3/2026-03-28T09:00:00+01:00/P1D", "Europe/Berlin")

    # then
    assert firings(schedule) == ["03-28 08:00", "03-29 07:00", "03-30 07:00"]


def test_given_a_stop_over_several_firings_when_resumed_then_they_count_as_one() -> None:
    # given
    schedule = Schedule("R10/PT1H")
    first = schedule.first(since=NOON)

    # when: the program was down for 3 h 20 min
    left = schedule.following(first, now=first.due + timedelta(hours=3, minutes=20))

    # then: four repetitions are used, the rhythm stays
    assert left is not None
    assert (left.left, left.due) == (6, first.due + 4 * HOUR)


@pytest.mark.parametrize("text", ["R3/PT1H", "R/2026-03-01T12:00:00Z/PT1H/2026-03-02T12:00:00Z"])
def test_given_a_stop_beyond_the_last_firing_when_resumed_then_it_is_over(text: str) -> None:
    schedule = Schedule(text)
    first = schedule.first(since=NOON)
    assert schedule.following(first, now=NOON + timedelta(days=2)) is None


def test_given_a_long_stop_when_a_cron_resumes_then_it_fires_next_in_the_future() -> None:
    # given
    schedule = Schedule("*/5 * * * *")
    first = schedule.first(since=NOON)

    # when
    left = schedule.following(first, now=NOON + timedelta(days=3, minutes=2))

    # then
    assert left is not None
    assert left.due == NOON + timedelta(days=3, minutes=5)


def test_given_a_clock_that_went_back_when_a_cycle_fires_then_one_repetition_is_used() -> None:
    # given
    schedule = Schedule("R3/PT1H")
    first = schedule.first(since=NOON)

    # when
    left = schedule.following(first, now=NOON - HOUR)

    # then
    assert left is not None
    assert (left.left, left.due) == (2, NOON + 2 * HOUR)


def test_a_rhythm_in_business_hours_counts_open_time_alone() -> None:
    # given: 2026-03-06 is a Friday
    office = Calendar("office", hours="Mo-Fr 09:00-17:00")
    friday = datetime(2026, 3, 6, 14, tzinfo=UTC)

    # then
    assert firings(Schedule("R3/PT4H", calendar=office), since=friday) == [
        "03-09 10:00",
        "03-09 14:00",
        "03-10 10:00",
    ]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-02-28T12:00:00Z", None),
        ("2026-03-02T12:00:00Z", "03-02 12:00"),
        ("R/2026-01-01T09:00:00Z/P1D", "03-02 09:00"),
        ("R3/2026-01-01T09:00:00Z/P1D", None),
        ("R3/PT1H/2026-02-01T09:00:00Z", None),
        ("PT0S", "03-01 12:00"),
        ("PT1H", "03-01 13:00"),
    ],
)
def test_what_begins_now_makes_up_for_nothing_that_has_passed(text: str, due: str | None) -> None:
    found = Schedule(text).upcoming(now=NOON)
    assert (found and found.due.strftime("%m-%d %H:%M")) == due


@pytest.mark.parametrize(
    "text", ["soon", "5 days", "R/PT0S", "0 0 32 * *", "a b c d e", "", "R3/PT1H/soon", "* * * *"]
)
def test_a_text_that_is_no_time_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(TimerExpressionError, match="not a time"):
        Schedule(text).check()


def test_near_the_end_of_time_a_rhythm_is_over() -> None:
    # given
    schedule = Schedule("R/9999-12-31T00:00:00Z/P1D")
    first = schedule.first(since=NOON)

    # then
    assert schedule.following(first, now=first.due) is None
