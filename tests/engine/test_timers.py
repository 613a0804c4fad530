"""Dates, durations and cycles: what is understood, what is refused, and what a long stop does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from engine.errors import TimerExpressionError
from engine.timers import Cycle, cycle, due_date, duration, is_cycle

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


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
        "PT1.5H",
        "pt1h",
        "PT\u0661H",
    ],
)
def test_a_text_that_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TimerExpressionError) as refusal:
        due_date(text, since=NOON)
    assert "PT15M" in str(refusal.value)


@pytest.mark.parametrize("text", ["P1M", "P1Y", "P1Y2M3DT4H", "P2M1D"])
def test_months_and_years_are_refused_because_their_length_varies(text: str) -> None:
    with pytest.raises(TimerExpressionError, match="months and years"):
        due_date(text, since=NOON)


def test_a_date_is_understood_in_its_own_offset() -> None:
    assert due_date("2026-03-01T14:00:00+01:00", since=NOON) == NOON + timedelta(hours=1)
    assert due_date("2026-03-01T13:00:00Z", since=NOON) == NOON + timedelta(hours=1)


def test_a_date_that_has_passed_stays_as_it_is_so_that_a_page_can_say_how_late_it_is() -> None:
    assert due_date("2026-02-01T00:00:00Z", since=NOON) == datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-03-01T14:00:00", "2026-03-01"])
def test_a_date_without_offset_is_refused(text: str) -> None:
    with pytest.raises(TimerExpressionError, match="offset"):
        due_date(text, since=NOON)


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
    assert not is_cycle("PT1H")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R3/PT1H", Cycle(3, timedelta(hours=1))),
        ("R/P1D", Cycle(None, timedelta(days=1))),
        ("R2/2026-03-01T12:00:00Z/PT5M", Cycle(2, timedelta(minutes=5), NOON)),
        ("R/2026-03-01T13:00:00+01:00/P1W", Cycle(None, timedelta(weeks=1), NOON)),
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
        "R3/PT1H/2026-03-01T12:00:00Z",
        "R-1/PT1H",
        "R3/P1M",
    ],
)
def test_a_text_that_is_no_cycle_is_refused(text: str) -> None:
    with pytest.raises(TimerExpressionError):
        cycle(text)


def test_given_three_repetitions_when_each_fires_on_time_then_there_are_three() -> None:
    # given
    hourly = cycle("R3/PT1H")
    fired = []
    left: tuple[Cycle, datetime] | None = (hourly, hourly.first(since=NOON))

    # when
    while left is not None:
        rest, due = left
        fired.append(due)
        left = rest.after(due, now=due)

    # then
    assert fired == [NOON + timedelta(hours=n) for n in (1, 2, 3)]


def test_given_a_start_when_armed_then_the_first_firing_is_at_the_start() -> None:
    assert cycle("R2/2026-03-01T12:00:00Z/PT5M").first(since=NOON - timedelta(days=1)) == NOON


def test_given_a_stop_over_several_firings_when_resumed_then_they_count_as_one() -> None:
    # given
    hourly = cycle("R10/PT1H")
    due = hourly.first(since=NOON)

    # when: the program was down for 3 h 20 min
    left = hourly.after(due, now=due + timedelta(hours=3, minutes=20))

    # then: four repetitions are used, the rhythm stays
    assert left == (Cycle(6, timedelta(hours=1)), due + timedelta(hours=4))


def test_given_a_stop_beyond_the_last_firing_when_resumed_then_the_cycle_is_over() -> None:
    hourly = cycle("R3/PT1H")
    assert hourly.after(NOON, now=NOON + timedelta(days=2)) is None


def test_a_cycle_without_end_goes_on_for_ever() -> None:
    left = cycle("R/P1D").after(NOON, now=NOON + timedelta(days=400))
    assert left == (Cycle(None, timedelta(days=1)), NOON + timedelta(days=401))


def test_given_a_clock_that_went_back_when_a_cycle_fires_then_one_repetition_is_used() -> None:
    left = cycle("R3/PT1H").after(NOON, now=NOON - timedelta(minutes=1))
    assert left == (Cycle(2, timedelta(hours=1)), NOON + timedelta(hours=1))


def test_the_length_of_a_duration_can_be_asked_for_alone() -> None:
    assert duration("PT1M30S") == timedelta(seconds=90)
