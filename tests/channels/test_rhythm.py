"""A silence is unusual by the account's own hours, never by a fixed length."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Page
from channels.polling import Poller
from channels.rhythm import WEEKS, lasting, learned, silent_hours
from engine import Engine
from tests.channels.conftest import START, FakeClock, FakeNetwork, mention


@pytest.fixture
def poller(engine: Engine, intake: Intake, network: FakeNetwork) -> Poller:
    return Poller(engine, intake, {"fake": network})


#: A Monday.
MONDAY = datetime(2026, 3, 2, tzinfo=START.tzinfo)


def office(weeks: int, *, apiece: int = 1) -> tuple[dict[str, Any] | None, datetime]:
    """Return the rhythm of an account that is written to on weekdays from 8 to 18, and its last."""
    moments = [
        MONDAY + timedelta(weeks=week, days=day, hours=hour, minutes=minute)
        for week in range(weeks)
        for day in range(5)
        for hour in range(8, 18)
        for minute in range(apiece)
    ]
    return learned(None, moments, moments[-1]), moments[-1]


def test_nights_and_weekends_of_an_office_are_no_silence() -> None:
    rhythm, last = office(4)

    assert silent_hours(rhythm, last, last + timedelta(hours=62)) is None


def test_a_morning_without_a_word_is_unusual_for_an_office() -> None:
    # given
    rhythm, last = office(4)
    monday = MONDAY + timedelta(weeks=4)

    # then
    early, late = (silent_hours(rhythm, last, monday + timedelta(hours=h)) for h in (9, 15))
    assert early is None
    assert late is not None
    assert late > 62


def test_a_storm_makes_no_other_hour_look_empty() -> None:
    calm, last = office(4)
    stormy, _ = office(4, apiece=60)

    for hours in (62, 66, 70):
        now = last + timedelta(hours=hours)
        assert silent_hours(calm, last, now) == silent_hours(stormy, last, now)


def test_an_account_with_a_mention_a_week_may_be_silent_for_weeks() -> None:
    # given: every week on another day
    moments = [MONDAY + timedelta(weeks=week, days=week % 5) for week in range(6)]
    rhythm = learned(None, moments, moments[-1])

    # then
    assert silent_hours(rhythm, moments[-1], moments[-1] + timedelta(weeks=2)) is None


def test_before_a_week_is_seen_nothing_is_unusual() -> None:
    rhythm = learned(None, [MONDAY + timedelta(hours=h) for h in range(100)], MONDAY)

    assert rhythm is None or silent_hours(rhythm, MONDAY, MONDAY + timedelta(days=6)) is None
    assert silent_hours(None, None, MONDAY) is None


def test_old_habits_fade() -> None:
    # given: years of office hours
    rhythm, last = office(3 * WEEKS)

    # when
    assert rhythm is not None

    # then
    assert max(rhythm["hits"].values()) <= WEEKS + 1
    assert last.timestamp() // 3600 - rhythm["since"] <= 168 * WEEKS


def test_an_hour_that_is_known_is_not_learned_twice_and_no_clock_ahead_counts() -> None:
    rhythm = learned(None, [MONDAY], MONDAY)

    assert learned(rhythm, [MONDAY + timedelta(minutes=9)], MONDAY) is None
    assert learned(rhythm, [MONDAY + timedelta(days=400)], MONDAY) is None


@pytest.mark.parametrize(("hours", "said"), [(1, "1 hour"), (47, "47 hours"), (72, "3 days")])
def test_lengths_are_said_as_people_say_them(hours: int, said: str) -> None:
    assert lasting(hours) == said


def test_an_account_that_falls_silent_against_its_habit_raises_an_alarm(
    poller: Poller,
    account: ChannelAccount,
    network: FakeNetwork,
    conversations: Conversations,
    clock: FakeClock,
) -> None:
    # given: a mention an hour for three weeks, as the network tells the first look
    begin = START - timedelta(weeks=3)
    hours = [begin + timedelta(hours=n) for n in range(3 * 168)]
    network.pages = [
        Page(tuple(
            type(one)(f"m{n}", one.author, one.text, at, one.thread)
            for n, at in enumerate(hours) if (one := mention(1))
        ))
    ]  # fmt: skip
    poller.work()

    # when
    alarms = []
    for _ in range(12):
        clock.passes(hours=1)
        poller.work()
        alarms.append(conversations.accounts()[0].alarm)

    # then
    assert alarms[0] is None
    assert "no mention for" in str(alarms[-1])
    assert "unusual" in str(alarms[-1])
