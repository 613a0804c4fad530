"""Cron, business hours and zones, wherever a diagram says a time."""

from datetime import UTC, datetime

import pytest

from engine.bpmn.reports import read
from engine.definitions import Severity, Source
from engine.ports import TimerWait, UserTaskWait

OFFICE = (
    '<extensionElements><corral:calendar name="office" zone="Europe/Berlin" '
    'hours="Mo-Fr 09:00-17:00" holidays="2026-03-03"/><corral:calendar name="night" '
    'hours="Mo-Su 22:00-06:00"/></extensionElements>'
)


def due(case, element="b"):
    """The due date as Berlin reads it."""
    return case.wait(TimerWait, element).due_at


def guarded(draw, definition, extension="", *, interrupting=False):
    return (
        '<startEvent id="s"/><userTask id="u"/>'
        + draw.boundary("b", "u", definition, interrupting=interrupting, extension=extension)
        + draw.script("r", "n = n + 1")
        + draw.flow("s", "u")
        + draw.flow("b", "r")
    )


def test_a_cron_reminder_fires_again_and_again_while_the_task_is_open(play, draw):
    # given a Monday, 09:00
    case = play(guarded(draw, draw.duration("0 0 10 ? * MON-FRI", "timeCycle")), {"n": 0})

    # when
    for _ in range(6):
        case.later(days=1, hours=1)

    # then: Tuesday to Friday; on Tuesday one firing stands for two
    assert case.data["n"] == 4
    assert due(case) == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_a_cron_in_the_flow_fires_once_at_its_first_time(play, draw):
    # given
    body = '<startEvent id="s"/>' + draw.catch("t", draw.duration("30 9 * * *", "timeCycle"))
    case = play(body + '<userTask id="u"/>' + draw.flow("s", "t", "u"))

    # when
    case.later(minutes=30)

    # then
    assert case.at() == ["u"]


def test_a_cron_event_sub_process_runs_each_time(play, draw):
    # given
    tick = f'<startEvent id="t" isInterrupting="false">{draw.duration("0 * * * *", "timeCycle")}'
    inside = tick + "</startEvent>" + draw.script("r", "n = n + 1") + draw.flow("t", "r")
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + draw.sub("es", inside, attributes='triggeredByEvent="true"'), {"n": 0})

    # when
    for _ in range(3):
        case.later(hours=1)

    # then
    assert case.data["n"] == 3


@pytest.mark.parametrize(
    ("calendar", "wait", "expected"),
    [
        # Monday 09:00 in UTC is 10:00 in Berlin; Tuesday is a holiday there
        ("office", "PT7H", datetime(2026, 3, 2, 16, tzinfo=UTC)),
        ("office", "PT8H", datetime(2026, 3, 4, 9, tzinfo=UTC)),
        ("office", "P1D", datetime(2026, 3, 4, 9, tzinfo=UTC)),
        ("night", "PT1H", datetime(2026, 3, 2, 23, tzinfo=UTC)),
    ],
)
def test_a_timer_counts_the_open_hours_of_its_calendar(play, draw, calendar, wait, expected):
    extension = f'<corral:timer calendar="{calendar}"/>'
    case = play(OFFICE + guarded(draw, draw.duration(wait), extension), {"n": 0})
    assert due(case) == expected


def test_a_rhythm_in_business_hours_is_armed_again_in_business_hours(play, draw):
    # given
    extension = '<corral:timer calendar="office"/>'
    cycle = draw.duration("R/PT5H", "timeCycle")
    case = play(OFFICE + guarded(draw, cycle, extension), {"n": 0})

    # when
    case.later(hours=5)

    # then
    assert case.data["n"] == 1
    assert due(case) == datetime(2026, 3, 4, 11, tzinfo=UTC)


def test_a_user_task_is_due_in_business_hours(play, draw):
    # given
    task = '<userTask id="u">' + draw.extended('<corral:userTask due="PT8H" calendar="office"/>')

    # when
    case = play(OFFICE + '<startEvent id="s"/>' + task + "</userTask>" + draw.flow("s", "u"))

    # then
    assert case.wait(UserTaskWait, "u").due == datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "minutes"),
    [
        ("['PT1H', '2026-03-02T09:30:00Z']", 30),
        ("['PT10M', '2026-03-02T09:30:00Z']", 10),
        ("['', null, 'PT10M']", 10),
        ("[null]", None),
    ],
)
def test_of_several_due_dates_the_first_to_come_counts(play, draw, told, minutes):
    # given: it is 09:00
    task = '<userTask id="u">' + draw.extended(f'<corral:userTask due="= {told}"/>')

    # when
    case = play('<startEvent id="s"/>' + task + "</userTask>" + draw.flow("s", "u"))

    # then
    expected = None if minutes is None else datetime(2026, 3, 2, 9, minutes, tzinfo=UTC)
    assert case.wait(UserTaskWait, "u").due == expected


def test_a_date_without_offset_is_read_in_the_zone_of_the_timer(play, draw):
    extension = '<corral:timer zone="Europe/Berlin"/>'
    definition = draw.duration("2026-03-02T12:00:00", "timeDate")
    assert due(play(guarded(draw, definition, extension), {"n": 0})) == datetime(
        2026, 3, 2, 11, tzinfo=UTC
    )


def test_a_rhythm_to_an_end_stops_there(play, draw):
    # given
    cycle = "R/2026-03-02T10:00:00Z/PT1H/2026-03-02T12:00:00Z"
    case = play(guarded(draw, draw.duration(cycle, "timeCycle")), {"n": 0})

    # when
    for _ in range(6):
        case.later(hours=1)

    # then
    assert case.data["n"] == 3


def test_a_cycle_stored_by_an_earlier_version_goes_on(play, draw):
    # given: what a token remembered before cycles kept their text
    case = play(guarded(draw, draw.duration("R3/PT1H", "timeCycle")), {"n": 0})
    wait = case.wait(TimerWait, "b")
    from engine.bpmn import codec
    from engine.bpmn.library import Shelf

    program = case.runner._library.program(case.stored)
    world = Shelf(case.runner._library, case.shelf)
    instance = codec.load(case.state, program, now=case.now, world=world)
    instance.find(wait.token).internal_data["armed"] = [[wait.due_at, 3, 3600.0]]
    case.state = codec.dump(instance)

    # when
    for _ in range(6):
        case.later(hours=1)

    # then
    assert case.data["n"] == 3


def problems(body, corral=True):
    space = 'xmlns:corral="urn:corral:bpmn:1"' if corral else ""
    text = (
        f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {space}>'
        f'<process id="p" isExecutable="true">{body}</process></definitions>'
    )
    return {(p.rule, p.severity) for p in read([Source("p.bpmn", text.encode())])[0].problems}


@pytest.mark.parametrize(
    ("text", "tag", "rule", "severity"),
    [
        ("2026-03-02T12:00:00", "timeDate", "date-without-offset", Severity.WARNING),
        ("R/2026-03-02T12:00:00/P1D", "timeCycle", "date-without-offset", Severity.WARNING),
        ("0 0 9 ? * 2-6", "timeCycle", "cron-weekday-number", Severity.WARNING),
        ("every Monday", "timeCycle", "timer-not-readable", Severity.DRAFT),
        ("5 days", "timeDuration", "timer-not-readable", Severity.DRAFT),
        ("R3/PT1H", "timeDuration", "timer-not-readable", Severity.DRAFT),
        ("0 0 9 15W * ?", "timeCycle", "timer-not-readable", Severity.DRAFT),
    ],
)
def test_a_time_that_is_odd_or_unreadable_is_named(draw, text, tag, rule, severity):
    event = draw.catch("t", draw.duration(text, tag))
    body = '<startEvent id="s"/>' + event + draw.flow("s", "t")
    assert (rule, severity) in problems(body, corral=False)


@pytest.mark.parametrize(
    ("calendar", "use", "rule"),
    [
        ('name="c" hours=""', "c", "expression-not-compilable"),
        ('name="c" hours="Mo-Fr 9 to 5"', "c", "expression-not-compilable"),
        ('name="c" hours="Mo 09:00-10:00" zone="Moon"', "c", "expression-not-compilable"),
        ('name="c" hours="Mo 09:00-10:00"', "d", "calendar-missing"),
    ],
)
def test_a_calendar_that_never_opens_or_is_not_there_is_refused(draw, calendar, use, rule):
    shelf = draw.extended(f"<corral:calendar {calendar}/>")
    event = draw.catch("t", draw.duration("PT1H"), f'<corral:timer calendar="{use}"/>')
    found = problems(shelf + '<startEvent id="s"/>' + event + draw.flow("s", "t"))
    assert rule in {name for name, severity in found if severity in ("draft", "error")}
