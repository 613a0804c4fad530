"""Dates, durations and cycles: what is understood, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from engine.errors import TimerExpressionError
from engine.periods import Period
from engine.timers import Cycle, cycle, due_date, duration, has_naive_date, is_cycle

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("PT15M", timedelta(minutes=15)),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("P2W", timedelta(weeks=2)),
        ("P1W2D", timedelta(days=9)),
        ("PT0S", timedelta(0)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT1,5S", timedelta(seconds=1.5)),
        (" PT1H30M10S ", timedelta(hours=1, minutes=30, seconds=10)),
        ("PT90M", timedelta(hours=1, minutes=30)),
    ],
)
def test_a_duration_is_counted_from_the_start(text: str, wait: timedelta) -> None:
    assert due_date(text, since=NOON) == NOON + wait
    assert due_date(text, since=NOON).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "P1DT",
        "-PT1H",
        "+PT1H",
        "PT1H1D",
        "15 minutes",
        "PT1.5H30M",
        "pt1h",
        "PT\u0661H",
    ],
)
def test_a_text_that_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TimerExpressionError) as refusal:
        due_date(text, since=NOON)
    assert "PT15M" in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("P1M", "2026-04-01T12:00:00+00:00"),
        ("P1Y2M3DT4H", "2027-05-04T16:00:00+00:00"),
        ("P13M", "2027-04-01T12:00:00+00:00"),
        ("P0.5D", "2026-03-02T00:00:00+00:00"),
        ("PT1.5H", "2026-03-01T13:30:00+00:00"),
    ],
)
def test_months_and_years_go_by_the_calendar(text: str, due: str) -> None:
    assert due_date(text, since=NOON).isoformat() == due


def test_a_month_after_the_last_day_is_the_last_day_of_the_next() -> None:
    assert due_date("P1M", since=datetime(2026, 1, 31, tzinfo=UTC)).day == 28


def test_a_day_is_the_same_time_tomorrow_and_24_hours_are_24_hours() -> None:
    # given the night in which the clocks of Berlin lose an hour
    evening = datetime(2026, 3, 28, 20, tzinfo=BERLIN)

    # then
    assert due_date("P1D", since=evening, zone=BERLIN) - evening.astimezone(UTC) == HOUR * 23
    assert due_date("PT24H", since=evening, zone=BERLIN) - evening.astimezone(UTC) == HOUR * 24


def test_the_length_of_months_cannot_be_asked_for() -> None:
    with pytest.raises(TimerExpressionError, match="no fixed length"):
        duration("P1M")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-03-01T12:00:00Z/2026-03-01T15:00:00Z", NOON + timedelta(hours=3)),
        ("2026-03-01T12:00:00Z/PT1H", NOON + timedelta(hours=1)),
        ("PT1H/2026-03-01T15:00:00Z", NOON + timedelta(hours=3)),
    ],
)
def test_an_interval_is_due_at_its_end(text: str, due: datetime) -> None:
    assert due_date(text, since=NOON) == due


def test_a_date_is_understood_in_its_own_offset() -> None:
    assert due_date("2026-03-01T14:00:00+01:00", since=NOON) == NOON + timedelta(hours=1)
    assert due_date("2026-03-01T13:00:00Z", since=NOON) == NOON + timedelta(hours=1)


def test_a_date_that_has_passed_stays_as_it_is_so_that_a_page_can_say_how_late_it_is() -> None:
    assert due_date("2026-02-01T00:00:00Z", since=NOON) == datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2026-03-01T14:00:00", "2026-03-01T13:00:00+00:00"),
        ("2026-07-01", "2026-06-30T22:00:00+00:00"),
        ("2026-03-01T14:00:00+02:00[Europe/Helsinki]", "2026-03-01T12:00:00+00:00"),
    ],
)
def test_a_date_without_offset_is_read_in_the_zone(text: str, due: str) -> None:
    assert due_date(text, since=NOON, zone=BERLIN).isoformat() == due
    assert has_naive_date(text) == ("[" not in text)


def test_a_start_without_zone_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="time zone"):
        due_date("PT1H", since=datetime(2026, 3, 1))  # noqa: DTZ001


def test_a_start_in_another_zone_gives_a_moment_in_utc() -> None:
    # given
    east = NOON.astimezone(timezone(timedelta(hours=9)))

    # when
    due = due_date("PT1H", since=east)

    # then
    assert due == NOON + timedelta(hours=1)
    assert due.tzinfo is UTC


@pytest.mark.parametrize("text", ["P9999999D", "PT99999999H", "P9999999DT99999999H"])
def test_a_duration_beyond_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(TimerExpressionError, match="9999"):
        due_date(text, since=NOON)


def test_a_long_text_is_refused_and_quoted_in_part() -> None:
    with pytest.raises(TimerExpressionError) as refusal:
        due_date("PT" + "1" * 5000 + "H", since=NOON)
    assert len(str(refusal.value)) < 250


def test_a_cycle_is_not_a_single_due_date() -> None:
    with pytest.raises(TimerExpressionError, match="cycle"):
        due_date("R3/PT1H", since=NOON)
    assert is_cycle(" R3/PT1H")
    assert is_cycle("0 9 * * MON-FRI")
    assert not is_cycle("PT1H")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R3/PT1H", Cycle(3, Period(clock=HOUR))),
        ("R/P1D", Cycle(None, Period(days=1))),
        ("R-1/P1M", Cycle(None, Period(months=1))),
        ("R2/2026-03-01T12:00:00Z/PT1H", Cycle(2, Period(clock=HOUR), NOON)),
        ("R/2026-03-01T13:00:00+01:00/P1W", Cycle(None, Period(weeks=1), NOON)),
        ("R3/PT1H/2026-03-01T12:00:00Z", Cycle(3, Period(clock=HOUR), end=NOON)),
        (
            "R/2026-03-01T11:00:00Z/2026-03-01T12:00:00Z",
            Cycle(None, Period(clock=HOUR), NOON - HOUR),
        ),
        (
            "R/2026-03-01T11:00:00Z/PT1H/2026-03-01T12:00:00Z",
            Cycle(None, Period(clock=HOUR), NOON - HOUR, NOON),
        ),
    ],
)
def test_a_cycle_has_repetitions_a_duration_and_perhaps_a_start(text: str, expected: Cycle) -> None:
    assert cycle(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "R0/PT1H",
        "R3/PT0S",
        "R3/",
        "R3",
        "0 0 12 * * ?",
        "R3/PT1H/PT1H",
        "R-2/PT1H",
        "R3/2026-03-01T12:00:00Z/2026-03-01T12:00:00Z",
        "R3/2026-03-01T12:00:00Z",
    ],
)
def test_a_text_that_is_no_cycle_is_refused(text: str) -> None:
    with pytest.raises(TimerExpressionError):
        cycle(text)


def test_the_length_of_a_duration_can_be_asked_for_alone() -> None:
    assert duration("PT1M30S") == timedelta(seconds=90)
