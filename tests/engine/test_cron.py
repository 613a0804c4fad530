"""Cron texts of Unix, Quartz and Spring: what they mean here, and what is refused."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cron import cron, looks_like_cron
from engine.errors import TimerExpressionError

#: A Sunday.
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def firings(
    text: str, count: int, zone: ZoneInfo | None = None, since: datetime = NOON
) -> list[str]:
    """Return the first firings, on the clock of ``zone``."""
    found = []
    moment: datetime | None = since
    for _ in range(count):
        assert moment is not None
        moment = cron(text).after(moment, zone or UTC)
        if moment is not None:
            found.append(moment.astimezone(zone or UTC).strftime("%a %d %H:%M:%S"))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0 0 9 * * ?", ["Mon 02 09:00:00", "Tue 03 09:00:00"]),
        ("0 9 * * *", ["Mon 02 09:00:00", "Tue 03 09:00:00"]),
        ("30 15 9 * * *", ["Mon 02 09:15:30", "Tue 03 09:15:30"]),
        ("0 0 9 ? * 2", ["Mon 02 09:00:00", "Mon 09 09:00:00"]),  # Quartz: Sunday is 1
        ("0 9 * * 2", ["Tue 03 09:00:00", "Tue 10 09:00:00"]),  # Unix: Sunday is 0
        ("0 0 9 ? * MON-FRI", ["Mon 02 09:00:00", "Tue 03 09:00:00"]),
        ("0 0 9 ? * SAT-MON", ["Mon 02 09:00:00", "Sat 07 09:00:00"]),
        ("0 0 9 ? * 6L", ["Fri 27 09:00:00", "Fri 24 09:00:00"]),  # the last Friday of a month
        ("0 0 9 ? * FRI#2", ["Fri 13 09:00:00", "Fri 10 09:00:00"]),
        ("0 0 9 L * ?", ["Tue 31 09:00:00", "Thu 30 09:00:00"]),
        ("0 0/20 * * * ?", ["Sun 01 12:20:00", "Sun 01 12:40:00"]),
        ("@daily", ["Mon 02 00:00:00", "Tue 03 00:00:00"]),
        ("0 0 12 1 3 ? 2027-2030", ["Mon 01 12:00:00", "Wed 01 12:00:00"]),
    ],
)
def test_a_cron_text_fires_when_the_tool_it_comes_from_would(
    text: str, expected: list[str]
) -> None:
    assert firings(text, 2) == expected


def test_a_cron_text_whose_years_are_over_never_fires_again() -> None:
    assert cron("0 0 12 1 3 ? 2025").after(NOON) is None


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("0 0 9 15W * ?", "name the days"),
        ("0 0 9 L-3 * ?", "name the days"),
        ("0 0 9 1 * MON", "make one '\\?'"),
        ("0 0 9 ? * ?", "month or of the week"),
        ("0 0 9 ? * 0", "SUN to SAT"),
        ("0 0 31 2 *", "five fields"),
        ("61 * * * *", "five fields"),
        ("0 0 9 * * ? soon", "no year"),
    ],
)
def test_what_cannot_be_counted_is_refused_with_the_cure(text: str, cure: str) -> None:
    with pytest.raises(TimerExpressionError, match=cure):
        cron(text)


def test_nine_in_the_morning_is_nine_on_the_clock_of_the_zone_all_year() -> None:
    # given the night in which the clocks of Berlin lose an hour
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)

    # then
    assert firings("0 0 9 * * ?", 2, BERLIN, since) == ["Sun 29 09:00:00", "Mon 30 09:00:00"]


def test_a_time_that_the_clocks_jump_over_fires_after_the_jump() -> None:
    since = datetime(2026, 3, 28, 12, tzinfo=UTC)
    assert firings("30 2 * * *", 2, BERLIN, since) == ["Sun 29 03:30:00", "Mon 30 02:30:00"]


def test_a_time_that_comes_twice_fires_once_and_every_hour_fires_both_times() -> None:
    # given the night in which the clocks of Berlin show two to three twice
    since = datetime(2026, 10, 24, 22, tzinfo=UTC)

    # then
    assert firings("30 2 * * *", 2, BERLIN, since) == ["Sun 25 02:30:00", "Mon 26 02:30:00"]
    assert firings("30 * * * *", 4, BERLIN, since) == [
        "Sun 25 00:30:00", "Sun 25 01:30:00", "Sun 25 02:30:00", "Sun 25 02:30:00",
    ]  # fmt: skip


def test_numbers_for_days_of_the_week_in_a_long_text_are_pointed_out() -> None:
    # tools disagree about them; names and short texts mean the same everywhere
    assert cron("0 0 9 ? * 2").by_number
    assert cron("0 0 9 * * 1-5").by_number
    assert not cron("0 0 9 ? * MON#2").by_number
    assert not cron("0 9 * * 1-5").by_number


@pytest.mark.parametrize("text", ["PT1H", "R/PT1H", "every five minutes", "2026-03-01", ""])
def test_other_texts_are_not_taken_for_cron(text: str) -> None:
    assert not looks_like_cron(text)


FIELDS = st.text("0123456789*,-/?LW#MONFRISU", min_size=1, max_size=8)


@given(st.lists(FIELDS, min_size=5, max_size=7).map(" ".join))
def test_any_cron_text_is_refused_or_fires_later_and_later(text: str) -> None:
    # when
    try:
        found = cron(text)
    except TimerExpressionError as refusal:
        assert str(refusal).strip()
        return

    # then
    moments = [NOON]
    while len(moments) < 4 and (after := found.after(moments[-1], BERLIN)) is not None:
        moments.append(after)
    assert all(
        later - sooner >= timedelta(seconds=1) for sooner, later in itertools.pairwise(moments)
    )
