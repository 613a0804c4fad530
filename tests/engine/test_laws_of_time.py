"""What holds for every timer text: compared with an oracle that counts in whole microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import TimerExpressionError
from engine.schedules import Firing, Schedule
from engine.timers import cycle, due_date, duration

UNITS = {"W": 604_800, "D": 86_400, "H": 3_600, "M": 60, "S": 1}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(
    EPOCH.replace(year=1900, tzinfo=None),
    EPOCH.replace(year=2200, tzinfo=None),
    timezones=st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23))),
)
COUNTS = st.none() | st.integers(0, 5_000)
PERIODS = st.timedeltas(timedelta(seconds=1), timedelta(days=40))


def micros(moment: datetime) -> int:
    """Return the microseconds since 1970: a way to count that shares nothing with ``timedelta``."""
    span = moment - EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, st.integers(0, 999_999), MOMENTS)
def test_a_duration_is_due_after_the_sum_of_its_parts(
    weeks: int | None, days: int | None, hours: int | None, minutes: int | None,
    seconds: int | None, fraction: int, since: datetime,
) -> None:  # fmt: skip
    # given
    date = [(weeks, "W"), (days, "D")]
    time = [(hours, "H"), (minutes, "M"), (seconds, "S")]
    text = "P" + "".join(f"{n}{unit}" for n, unit in date if n is not None)
    parts = [
        f"{n}.{fraction:06}S" if unit == "S" else f"{n}{unit}" for n, unit in time if n is not None
    ]
    text += "T" + "".join(parts) if parts else ""
    given_any = any(n is not None for n, _ in date + time)
    expected = sum(Fraction(n * UNITS[unit]) for n, unit in date + time if n is not None)
    expected += Fraction(fraction, 1_000_000) if seconds is not None else 0

    # when / then
    if not given_any:
        with pytest.raises(TimerExpressionError):
            due_date(text, since=since)
        return
    due = due_date(text, since=since)
    assert micros(due) - micros(since) == expected * 1_000_000
    assert due.utcoffset() == timedelta(0)
    assert due == due_date(text.replace(".", ","), since=since)


@given(MOMENTS, MOMENTS)
def test_a_date_is_due_at_the_moment_it_names_whenever_the_wait_began(
    moment: datetime, since: datetime
) -> None:
    due = due_date(moment.isoformat(), since=since)
    assert micros(due) == micros(moment)
    assert due.utcoffset() == timedelta(0)


@given(st.text(max_size=120) | st.text("PRTWDHMYS0123456789-+:./,Z ", max_size=40))
def test_any_text_is_understood_or_refused_with_a_sentence(text: str) -> None:
    for read in (lambda: due_date(text, since=EPOCH), lambda: duration(text), lambda: cycle(text)):
        try:
            read()
        except TimerExpressionError as refusal:
            assert str(refusal).strip()


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "P9999999D", "P999999W"]
)
def test_a_moment_beyond_what_can_be_counted_is_refused_like_any_other_text(text: str) -> None:
    with pytest.raises(TimerExpressionError):
        due_date(text, since=EPOCH)


@given(st.integers(1, 60), PERIODS, MOMENTS)
def test_a_cycle_on_time_fires_as_often_as_it_says_and_keeps_its_rhythm(
    times: int, every: timedelta, since: datetime
) -> None:
    # given
    whole = Schedule(f"R{times}/PT{every.days * 24}H{every.seconds}.{every.microseconds:06}S")
    fired: list[datetime] = []
    left: Firing | None = whole.first(since=since)

    # when
    while left is not None:
        fired.append(left.due)
        left = whole.following(left, now=left.due)

    # then
    assert fired == [since + every * n for n in range(1, times + 1)]


@given(
    st.none() | st.integers(1, 50),
    st.integers(1, 90),
    st.lists(st.integers(0, 400), min_size=1, max_size=40),
)
def test_a_cycle_after_any_stops_agrees_with_one_that_counts_each_firing(
    times: int | None, every: int, stops: list[int]
) -> None:
    """Looks come at moments of a random rhythm, in minutes; the oracle walks minute by minute."""
    # given
    looks = [sum(stops[: n + 1]) for n in range(len(stops))]
    minute = timedelta(minutes=1)
    whole = Schedule(f"R{'' if times is None else times}/PT{every}M")

    # when
    left: Firing | None = whole.first(since=EPOCH)
    answered = []
    for look in looks:
        now = EPOCH + minute * look
        if left is not None and left.due <= now:
            left = whole.following(left, now=now)
            answered.append(look)

    # then: a look answers whenever the rhythm passed a firing since the look before it
    last = None if times is None else every * times
    due = [n for n in range(every, looks[-1] + 1, every) if last is None or n <= last]
    expected = []
    for before, look in zip([-1, *looks], looks, strict=False):
        if any(before < moment <= look for moment in due):
            expected.append(look)
    assert answered == expected
    passed = sum(1 for moment in due if moment <= looks[-1])
    if times is not None and passed >= times:
        assert left is None
    else:
        assert left is not None
        assert left.due == EPOCH + minute * every * (passed + 1)
        assert left.left == (None if times is None else times - passed)
