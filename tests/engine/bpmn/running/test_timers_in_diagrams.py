"""Timers: due dates are handed out, time is handed in."""

from datetime import timedelta

import pytest

from engine.ports import Event, EventKind, TimerWait


def reminded(draw, text, tag="timeCycle"):
    return (
        '<startEvent id="s"/><userTask id="u"/>'
        + draw.boundary("b", "u", draw.duration(text, tag), interrupting=False)
        + draw.script("r", "n = n + 1")
        + draw.flow("s", "u")
        + draw.flow("b", "r")
    )


def test_a_repeating_reminder_fires_as_often_as_it_says(play, draw):
    # given
    case = play(reminded(draw, "R3/PT1H"), {"n": 0})

    # when
    for _ in range(8):
        case.later(hours=1)

    # then
    assert case.data["n"] == 3
    assert not case.waits(TimerWait)


def test_a_repeating_reminder_ends_with_its_task(play, draw):
    # given
    case = play(reminded(draw, "R/PT1H"), {"n": 0})
    case.later(hours=1)

    # when
    case.do("u")

    # then
    assert case.completed
    assert not case.open


def test_a_long_stop_is_not_followed_by_a_burst_of_reminders(play, draw):
    # given
    case = play(reminded(draw, "R/PT1H"), {"n": 0})

    # when
    case.later(hours=10, minutes=30)
    case.later(minutes=0)

    # then
    assert case.data["n"] == 1
    (timer,) = case.waits(TimerWait)
    assert timer.due_at == case.now + timedelta(minutes=30)


def test_a_timer_text_may_be_an_expression(play, draw):
    # given
    case = play(reminded(draw, "= 'R3/' + after"), {"n": 0, "after": "PT5M"})

    # when
    case.later(minutes=5)

    # then
    assert case.data["n"] == 1


def test_a_duration_fires_once_also_beside_its_activity(play, draw):
    # given
    case = play(reminded(draw, "PT1H", "timeDuration"), {"n": 0})

    # when
    case.later(hours=1)
    case.later(hours=5)

    # then
    assert case.data["n"] == 1


def test_a_timer_that_is_due_when_it_is_armed_fires_at_once(play, draw):
    # when
    body = '<startEvent id="s"/>' + draw.catch("t", draw.duration("PT0S"))
    case = play(body + draw.flow("s", "t"))

    # then
    assert case.completed


def test_a_date_in_a_variable_is_taken_as_it_is(play, draw):
    # given
    wait = draw.catch("t", draw.duration("${when}", "timeDate"))
    case = play(
        '<startEvent id="s"/>' + wait + draw.flow("s", "t"), {"when": "2026-03-02T10:00:00Z"}
    )

    # then
    (timer,) = case.waits(TimerWait)
    assert timer.due_at.isoformat() == "2026-03-02T10:00:00+00:00"


@pytest.mark.parametrize("value", ["soon", "2026-13-02T10:00:00", 5])
def test_a_time_that_cannot_be_read_is_an_incident_with_a_cure(play, draw, value):
    # given
    wait = draw.catch("t", draw.duration("${when}"))

    # when
    case = play('<startEvent id="s"/>' + wait + draw.flow("s", "t"), {"when": value})

    # then
    assert case.incident.element == "t"
    assert case.incident.cure

    # when
    case.retry("t", when="PT1H")

    # then
    assert case.at(TimerWait) == ["t"]


def test_a_timer_that_came_too_late_is_passed_over(play, draw):
    # given
    case = play(reminded(draw, "PT1H", "timeDuration"), {"n": 0})
    (timer,) = case.waits(TimerWait)
    case.do("u")

    # when
    case.apply(Event(EventKind.TIMER_DUE, token=timer.token))

    # then
    assert case.completed
    assert case.data["n"] == 0
