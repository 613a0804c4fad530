"""A working day on the simulated network, through every room: intake, engine, agents, outbox."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.networks.demo import DemoNetwork
from channels.outbox import Outbox
from channels.polling import Poller
from channels.signals import OfflineSignals
from channels.storage import prepare
from engine import Engine, InstanceFilter, InstanceStatus, UserTask
from engine.history import What
from processes import files
from webapp.seeding import DEMO_SETTINGS

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SETTINGS = {
    "mentions_per_minute": 3,
    "trouble": 0.1,
    "seed": 11,
    "poll_seconds": [1, 1],
    "variables": {"reminder_after": "PT2M", "escalate_after": "PT8M", "silence_after": "PT5M"},
}
#: What the people of this day do with each user task.
DECISIONS: dict[str, dict[str, Any]] = {
    "approve_answer": {"verdict": "approve"},
    "check_delivery": {"went_out": "no"},
}


class Day:
    """The whole product but its pages, on one fake clock."""

    def __init__(self, settings: Mapping[str, Any] = SETTINGS) -> None:
        self.present = MORNING
        self.engine = Engine.in_memory(clock=self)
        prepare(self.engine)
        self.engine.deploy(files("complaint"))
        channels = {"demo": DemoNetwork(self.now)}
        Conversations(self.engine).ensure_account("demo", "northwind_care", settings=settings)
        self.outbox = Outbox(self.engine, channels)
        intake = Intake(self.engine, OfflineSignals(), channels)
        self.poller = Poller(self.engine, intake, channels)
        self.seen: set[str] = set()
        self.written = 0

    def now(self) -> datetime:
        return self.present

    def passes(self, *, minutes: int, agents: bool = True) -> None:
        """Let time pass in steps of ten seconds."""
        for _ in range(minutes * 6):
            self.present += timedelta(seconds=10)
            self.poller.poll(self.present)
            self.engine.pump(self.present)
            if agents:
                for task in self.engine.user_tasks(limit=3):
                    self.deal_with(task)
            self.outbox.send_due(self.present)
            self.outbox.settle(self.present)

    def deal_with(self, task: UserTask) -> None:
        self.seen.add(task.element)
        self.written += 1
        answer = {"answer": f"We are sorry, and have put it right. Case {self.written}."}
        self.engine.complete(task.id, DECISIONS.get(task.element, answer), by="ana")

    def count(self, status: InstanceStatus) -> int:
        return len(self.engine.instances(InstanceFilter(status=status), limit=1_000))


@pytest.fixture
def day() -> Day:
    return Day()


def test_with_agents_at_work_mentions_become_resolved_complaints(day: Day) -> None:
    # when
    day.passes(minutes=20)

    # then
    assert day.count(InstanceStatus.COMPLETED) > 15
    assert day.count(InstanceStatus.FAILED) == 0
    assert day.engine.incidents() == []
    assert {"answer_complaint", "approve_answer", "approve_thanks", "handle_lead"} <= day.seen


def test_without_agents_complaints_are_reminded_and_escalated_and_nothing_breaks(
    day: Day,
) -> None:
    # when
    day.passes(minutes=15, agents=False)
    queues = {summary.queue: summary.open for summary in day.engine.queues()}

    # then
    assert queues["supervisors"] > 5
    assert day.engine.incidents() == []


def test_within_a_minute_a_newcomer_finds_varied_user_tasks_and_an_urgent_complaint() -> None:
    # given
    day = Day(DEMO_SETTINGS)

    # when
    day.passes(minutes=1, agents=False)

    # then
    tasks = day.engine.user_tasks()
    complaints = [task for task in tasks if task.name == "Answer the complaint"]
    assert len(tasks) >= 5
    assert len({task.name for task in tasks}) >= 3
    assert max(task.priority for task in complaints) >= 70


def test_a_newcomer_who_waits_is_reminded_then_late_then_relieved_by_a_supervisor() -> None:
    # given
    day = Day(DEMO_SETTINGS)
    day.passes(minutes=1, agents=False)
    task = next(t for t in day.engine.user_tasks() if t.element == "answer_complaint")

    # when
    day.passes(minutes=9, agents=False)

    # then
    history = day.engine.history(task.instance_id)
    happened = {entry.element: entry.at for entry in reversed(history)}
    assert task.due is not None
    assert happened["count_reminder"] < task.due < happened["note_escalation"]


def test_a_newcomer_who_answers_sees_the_complaint_resolved_within_minutes() -> None:
    # given
    day = Day(DEMO_SETTINGS | {"trouble": 0})
    day.passes(minutes=1, agents=False)

    # when
    day.passes(minutes=5)

    # then
    first = day.engine.history(1)
    assert day.engine.instance(1).status is InstanceStatus.COMPLETED
    assert any(entry.element == "resolved" and entry.what is What.COMPLETED for entry in first)
