"""Top-level start events of every kind, drawn, deployed and started."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine import Engine, Severity, Source, What
from engine.errors import DeploymentRefusedError
from tests.engine.bpmn.conftest import Drawing
from tests.engine.conftest import StandingClock

BESIDE = '<message id="m" name="order"/><signal id="sg" name="alarm"/>'
MESSAGE = '<messageEventDefinition messageRef="m"/>'
SIGNAL = '<signalEventDefinition signalRef="sg"/>'
CONDITION = (
    "<conditionalEventDefinition><condition>amount &gt; 100</condition>"
    "</conditionalEventDefinition>"
)


def timer(text: str, tag: str = "timeCycle") -> str:
    """Return a timer event definition."""
    return f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"


def start(key: str, inside: str, attributes: str = "") -> str:
    """Return a start event."""
    return f'<startEvent id="{key}" {attributes}>{inside}</startEvent>'


class Bench:
    """An engine and its clock."""

    def __init__(self, drawing: Drawing) -> None:
        """Begin on a Sunday at noon."""
        self.drawing, self.clock = drawing, StandingClock()
        self.engine = Engine.in_memory(clock=self.clock)

    def deploy(self, *starts: str, more: str = "") -> None:
        """Deploy a process with these start events ``s0``, ``s1``, ... in front of a user task."""
        paths = [f"s{number} u" for number in range(len(starts))]
        body = f'{more}{"".join(starts)}<userTask id="u"/>'
        text = self.drawing.text(body, *paths, beside=BESIDE)
        self.engine.deploy([Source("p.bpmn", text.encode())])

    def pump(self, **later: float) -> int:
        """Let time pass, and fire what is due."""
        return self.engine.pump(self.clock.move(**later))

    def ran(self) -> list[str | None]:
        """Return what completed in the newest instance."""
        newest = self.engine.instances()[0]
        return [e.element for e in self.engine.history(newest.id) if e.what is What.COMPLETED]


@pytest.fixture
def bench(drawing: Drawing) -> Bench:
    """Return an engine in memory."""
    return Bench(drawing)


@pytest.mark.parametrize(
    ("definition", "waits"),
    [
        (timer("PT90M", "timeDuration"), timedelta(minutes=90)),
        (timer("2026-03-01T14:00:00+01:00", "timeDate"), timedelta(hours=1)),
        (timer("R/PT2H"), timedelta(hours=2)),
        (timer("R3/2026-03-01T15:00:00Z/P1D"), timedelta(hours=3)),
        (timer("0 30 12 * * ?"), timedelta(minutes=30)),
        (timer("0 13 * * SUN"), timedelta(hours=1)),
        (timer("= 'PT' + '5M'", "timeDuration"), timedelta(minutes=5)),
    ],
)
def test_a_timer_starts_the_process_at_its_start_event(
    bench: Bench, definition: str, waits: timedelta
) -> None:
    # given
    bench.deploy(start("s0", definition))
    assert bench.engine.next_due() == bench.clock.now() + waits

    # when
    bench.pump(seconds=waits.total_seconds())

    # then
    assert bench.ran() == ["s0"]
    assert [task.element for task in bench.engine.user_tasks()] == ["u"]


def test_a_signal_start_gets_the_payload(bench: Bench) -> None:
    # given
    bench.deploy(start("s0", SIGNAL))

    # when
    bench.engine.signal("alarm", {"where": "cellar"})

    # then
    assert bench.ran() == ["s0"]
    assert bench.engine.variables(bench.engine.instances()[0].id) == {"where": "cellar"}


@pytest.mark.parametrize(
    ("variables", "starts"),
    [({"amount": 200}, 1), ({"amount": 5}, 0), ({}, 0), ({"amount": "x"}, 0)],
)
def test_a_condition_starts_the_process_when_it_holds(
    bench: Bench, variables: dict[str, object], starts: int
) -> None:
    # given
    bench.deploy(start("s0", CONDITION))

    # when
    found = bench.engine.start_conditional(variables)

    # then
    assert len(found) == starts
    assert all(bench.engine.variables(each.id) == variables for each in found)


def test_each_start_event_of_a_process_starts_it_in_its_own_way(bench: Bench) -> None:
    # given
    bench.deploy(
        start("s0", ""),
        start("s1", MESSAGE),
        start("s2", SIGNAL),
        start("s3", timer("R/PT1H")),
        start("s4", CONDITION),
    )
    began = []

    # when
    bench.engine.start("p")
    began += bench.ran()
    bench.engine.correlate("order")
    began += bench.ran()
    bench.engine.signal("alarm")
    began += bench.ran()
    bench.pump(hours=1)
    began += bench.ran()
    bench.engine.start_conditional({"amount": 101})
    began += bench.ran()

    # then
    assert began == ["s0", "s1", "s2", "s3", "s4"]
    assert len(bench.engine.user_tasks()) == 5


def test_a_multiple_start_event_starts_on_any_of_its_triggers(bench: Bench) -> None:
    # given
    bench.deploy(start("s0", MESSAGE + SIGNAL + timer("R1/PT1H") + timer("R1/PT2H") + CONDITION))

    # when
    bench.engine.correlate("order")
    bench.engine.signal("alarm")
    bench.engine.start_conditional({"amount": 101})
    fired = [bench.pump(hours=1), bench.pump(hours=1), bench.pump(hours=1)]

    # then
    assert fired == [1, 1, 0]
    assert len(bench.engine.instances()) == 5


def test_a_start_event_that_needs_all_of_its_triggers_is_refused_by_name(bench: Bench) -> None:
    with pytest.raises(DeploymentRefusedError) as refusal:
        bench.deploy(start("s0", MESSAGE + SIGNAL, 'parallelMultiple="true"'))
    assert "start-needs-all" in {problem.rule for problem in refusal.value.problems}


def test_a_start_time_that_needs_a_variable_makes_a_draft(bench: Bench) -> None:
    # when
    bench.deploy(start("s0", timer("= every")))

    # then
    problems = bench.engine.problems(bench.engine.definitions()[0].id)
    assert ("start-time-unknown", Severity.DRAFT) in {(p.rule, p.severity) for p in problems}
    assert bench.engine.next_due() is None


def test_a_start_timer_in_business_hours_of_another_zone(bench: Bench) -> None:
    # given: noon in UTC is 13:00 in Berlin, on a Sunday
    office = (
        '<extensionElements><corral:calendar name="office" zone="Europe/Berlin" '
        'hours="Mo-Fr 09:00-17:00"/></extensionElements>'
    )
    use = '<extensionElements><corral:timer calendar="office"/></extensionElements>'

    # when
    bench.deploy(start("s0", use + timer("PT2H", "timeDuration")), more=office)

    # then
    assert bench.engine.next_due() == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_a_cron_start_goes_by_the_zone_of_its_timer(bench: Bench) -> None:
    # when
    zone = '<extensionElements><corral:timer zone="America/New_York"/></extensionElements>'
    bench.deploy(start("s0", zone + timer("0 0 9 * * ?")))

    # then
    assert bench.engine.next_due() == datetime(2026, 3, 1, 14, tzinfo=UTC)


def test_a_start_event_that_throws_inside_a_process_starts_the_other_one(bench: Bench) -> None:
    # given
    bench.deploy(start("s0", SIGNAL))
    ring = bench.drawing.text(
        f'<startEvent id="s"/><endEvent id="e">{SIGNAL}</endEvent>', "s e", beside=BESIDE
    ).replace('<process id="p"', '<process id="ring"')
    bench.engine.deploy([Source("ring.bpmn", ring.encode())])

    # when
    bench.engine.start("ring")

    # then
    assert sorted((each.key, str(each.status)) for each in bench.engine.instances()) == [
        ("p", "active"),
        ("ring", "completed"),
    ]


@pytest.mark.parametrize(("later", "status"), [(29, "completed"), (30, "active")])
def test_a_thrown_message_is_kept_for_its_time_to_live(
    bench: Bench, later: int, status: str
) -> None:
    # given
    keep = (
        '<extensionElements><corral:message correlationKey="= k" timeToLive="= wait"/>'
        "</extensionElements>"
    )
    hear = '<extensionElements><corral:message correlationKey="= k"/></extensionElements>'
    throws = f'<startEvent id="s"/><endEvent id="e">{keep}{MESSAGE}</endEvent>'
    catches = f'<startEvent id="s"/><intermediateCatchEvent id="e">{hear}{MESSAGE}'
    catches += '</intermediateCatchEvent><endEvent id="over"/>'
    for key, body, path in (("throws", throws, "s e"), ("catches", catches, "s e over")):
        text = bench.drawing.text(body, path, beside=BESIDE).replace('id="p"', f'id="{key}"')
        bench.engine.deploy([Source(f"{key}.bpmn", text.encode())])

    # when
    bench.engine.start("throws", {"k": "x", "wait": "PT30M"})
    bench.clock.move(minutes=later)
    instance = bench.engine.start("catches", {"k": "x"})

    # then
    assert instance.status == status
