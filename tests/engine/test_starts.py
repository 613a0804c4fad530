"""What starts processes by itself: times, signals, conditions."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine import What
from engine.errors import NotStartableError, UnsuitableValueError
from tests.engine.conftest import Bench, flow
from tests.wakers import Deaf

TASK = {"is": "user_task", "at": "answer", "queue": "care"}
HOURLY = {"timer_starts": {"tick": "R/PT1H"}}


def started(bench: Bench, key: str | None = None) -> int:
    """Return how many instances there are, of one process or of all."""
    return sum(key in (None, each.key) for each in bench.engine.instances(limit=500))


def pump(bench: Bench, **later: float) -> int:
    """Let time pass, and fire what is due."""
    return bench.engine.pump(bench.clock.move(**later))


def test_a_timer_starts_an_instance_each_time_it_is_due(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, **HOURLY)
    assert bench.engine.next_due() == bench.clock.now() + timedelta(hours=1)

    # when
    found = [pump(bench, minutes=59), pump(bench, minutes=1), pump(bench), pump(bench, hours=1)]

    # then
    assert found == [0, 1, 0, 1]
    assert len(bench.engine.user_tasks()) == 2
    assert bench.engine.next_due() == bench.clock.now() + timedelta(hours=1)


def test_firings_missed_while_nothing_ran_count_as_one(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, timer_starts={"tick": "R5/PT1H"})

    # when
    pump(bench, hours=3, minutes=30)

    # then: three are used up, one started
    assert started(bench) == 1
    assert [pump(bench, hours=1) for _ in range(3)] == [1, 1, 0]
    assert bench.engine.next_due() is None


@pytest.mark.parametrize("text", ["PT1H", "2026-03-01T13:00:00Z"])
def test_a_date_or_duration_starts_one_instance(bench: Bench, text: str) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, timer_starts={"once": text})

    # when
    found = [pump(bench, hours=1), pump(bench, hours=5)]

    # then
    assert found == [1, 0]


def test_a_date_that_has_passed_starts_nothing(bench: Bench) -> None:
    # when
    bench.deploy("care", {"any": [TASK]}, timer_starts={"once": "2026-02-01T13:00:00Z"})

    # then
    assert pump(bench, hours=1) == 0


def test_a_new_version_takes_over_and_an_unchanged_rhythm_goes_on(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, **HOURLY)
    due = bench.engine.next_due()
    bench.clock.move(minutes=50)

    # when
    bench.deploy("care", {"all": [TASK]}, **HOURLY)

    # then
    assert bench.engine.next_due() == due
    assert pump(bench, minutes=10) == 1
    assert bench.engine.instances()[0].version == 2


def test_a_changed_time_counts_from_its_deployment(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, **HOURLY)
    bench.clock.move(minutes=50)

    # when
    bench.deploy("care", {"any": [TASK]}, timer_starts={"tick": "R/PT2H"})

    # then
    assert bench.engine.next_due() == bench.clock.now() + timedelta(hours=2)


def test_a_version_without_the_start_event_disarms_it(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, **HOURLY, signal_starts=["alarm"])

    # when
    bench.deploy("care", {"any": [TASK]})

    # then
    assert bench.engine.next_due() is None
    assert bench.engine.signal("alarm") == 0


def test_a_draft_arms_nothing_and_leaves_the_version_that_runs_alone(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, **HOURLY)

    # when
    bench.deploy("care", {"any": [TASK]}, timer_starts={"tick": "R/PT1M"}, startable=False)
    bench.deploy("other", {"any": [TASK]}, signal_starts=["alarm"], startable=False)

    # then
    assert pump(bench, minutes=1) == 0
    assert bench.engine.signal("alarm") == 0
    pump(bench, hours=1)
    assert [each.version for each in bench.engine.instances()] == [1]


def test_publishing_a_draft_arms_it(bench: Bench) -> None:
    # given
    deployed = bench.engine.deploy([flow("care", {"any": [TASK]}, asks=True, **HOURLY)])
    assert pump(bench, hours=2) == 0

    # when
    bench.engine.publish(deployed.definitions[0].id)

    # then
    assert pump(bench, hours=1) == 1


def test_a_signal_starts_one_instance_of_each_process_that_has_it(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, signal_starts=["alarm", "alarm"])
    bench.deploy("shop", {"any": [TASK]}, signal_starts=["alarm"])
    bench.deploy("deaf", {"any": [TASK]}, signal_starts=["other"])

    # when
    reached = bench.engine.signal("alarm", {"where": "cellar"})

    # then
    assert reached == 2
    assert [each.key for each in bench.engine.instances()] == ["shop", "care"]
    assert bench.engine.variables(bench.engine.instances()[0].id) == {"where": "cellar"}
    assert len(bench.engine.user_tasks()) == 2


def test_a_thrown_signal_starts_and_reaches_in_the_same_transaction(bench: Bench) -> None:
    # given
    bench.deploy("ring", {"throw": "alarm", "signal": True, "payload": {"n": 1}})
    bench.deploy("care", {"any": [TASK]}, signal_starts=["alarm"])
    bench.deploy("waits", {"any": [{"is": "signal", "at": "s", "name": "alarm"}]})
    waiting = bench.engine.start("waits")

    # when
    with bench.engine.transaction() as uow:
        bench.engine.start("ring", within=uow)

    # then
    assert started(bench, "care") == 1
    assert bench.engine.instance(waiting.id).status == "completed"


def test_a_signal_nobody_waits_for_is_gone(bench: Bench) -> None:
    # given
    bench.engine.signal("alarm")

    # when
    bench.deploy("care", {"any": [TASK]}, signal_starts=["alarm"])
    bench.deploy("waits", {"any": [{"is": "signal", "at": "s", "name": "alarm"}]})
    waiting = bench.engine.start("waits")

    # then
    assert started(bench, "care") == 0
    assert bench.engine.instance(waiting.id).status == "active"


def test_conditions_that_hold_start_their_processes(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, condition_starts={"a": "late", "b": "angry"})
    bench.deploy("shop", {"any": [TASK]}, condition_starts={"a": "empty"})

    # when
    found = bench.engine.start_conditional({"late": True, "angry": True}, business_key="x:1")

    # then: once, although two of its conditions hold
    assert [(each.key, each.business_key) for each in found] == [("care", "x:1")]
    assert bench.engine.variables(found[0].id) == {"late": True, "angry": True}
    assert bench.engine.start_conditional({}) == []


def test_variables_that_cannot_be_stored_start_nothing(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, condition_starts={"a": "late"})

    # when / then
    with pytest.raises(UnsuitableValueError):
        bench.engine.start_conditional({"late": True, "what": object()})
    assert started(bench) == 0


def test_starts_inside_a_transaction_that_fails_never_happened(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, signal_starts=["alarm"], condition_starts={"a": "late"})

    # when
    with pytest.raises(RuntimeError), bench.engine.transaction() as uow:
        bench.engine.signal("alarm", within=uow)
        bench.engine.start_conditional({"late": True}, within=uow)
        raise RuntimeError

    # then
    assert started(bench) == 0


def test_a_process_without_a_plain_start_cannot_be_started_by_name(bench: Bench) -> None:
    bench.deploy("care", {"any": [TASK]}, none_start=False, **HOURLY)
    with pytest.raises(NotStartableError, match="no plain start event"):
        bench.engine.start("care")


def test_an_instance_that_cannot_be_run_stops_no_other_start(bench: Bench) -> None:
    # given: two processes are due, and running the first one raises
    bench.deploy("bad", {"any": [{"is": "nonsense", "at": "x"}]}, **HOURLY)
    bench.deploy("care", {"any": [TASK]}, **HOURLY)

    # when
    pump(bench, hours=1)

    # then: it has an incident, the other its user task, and both go on
    (incident,) = bench.engine.incidents()
    assert bench.engine.instance(incident.instance_id).key == "bad"
    assert len(bench.engine.user_tasks()) == 1
    assert pump(bench, hours=1) == 2


def test_the_history_begins_with_the_start(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [TASK]}, **HOURLY)

    # when
    pump(bench, hours=1)

    # then
    (instance,) = bench.engine.instances()
    assert bench.engine.history(instance.id)[0].what is What.STARTED


def test_a_deployment_arms_the_clock_of_the_waker(bench: Bench) -> None:
    # given
    looks: list[datetime] = []

    class Clockwork(Deaf):
        """A waker that notes when it is to look."""

        def wake_at(self, due: datetime) -> None:
            """Note it."""
            looks.append(due)

    bench.core.waker = Clockwork()

    # when
    bench.deploy("care", {"any": [TASK]}, timer_starts={"a": "R/PT2H", "b": "R/PT1H"})

    # then
    assert looks == [bench.clock.now() + timedelta(hours=1)]
