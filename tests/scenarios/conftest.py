"""A complaint told as a story: the real engine, the shipped process, time and replies by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine import Correlation, Engine, InstanceDetail, InstanceStatus, Job, UserTask
from processes import files

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.present = MORNING

    def now(self) -> datetime:
        return self.present


class Case:
    """One conversation and the instance that deals with it, as a test tells about them."""

    def __init__(self, conversation: int = 7) -> None:
        self.clock = FakeClock()
        self.engine = Engine.in_memory(clock=self.clock)
        self.engine.deploy(files("complaint"))
        self.conversation = conversation
        self.instance_id = 0
        self.mentions = 0

    # ---- what happens

    def customer_writes(
        self,
        text: str = "My parcel never came.",
        *,
        topics: Sequence[str] = (),
        sentiment: float = -0.5,
        reach: int = 50,
        tier: str = "standard",
        private: bool = False,
        **variables: Any,
    ) -> Correlation:
        """Correlate a mention as the intake does, with the signals given here."""
        self.mentions += 1
        payload = {
            "mention": {"id": self.mentions, "text": text, "private": private},
            "conversation": {
                "id": self.conversation,
                "channel": "demo",
                "reply_limit": 280,
                "can_reply_privately": True,
            },
            "customer": {"id": 3, "name": "Maya", "handle": "maya", "reach": reach, "tier": tier},
            "signals": {"sentiment": sentiment, "language": "en", "topics": list(topics)},
            **variables,
        }
        correlation = self.engine.correlate(
            "mention.received",
            f"conversation:{self.conversation}",
            payload,
            business_key=f"demo:{self.conversation}",
        )
        assert correlation.instance_id is not None
        self.instance_id = correlation.instance_id
        return correlation

    def agent_answers(
        self, text: str = "It is on its way.", *, by: str = "ana", **data: Any
    ) -> None:
        """Complete the only open user task with an answer."""
        self.engine.complete(self.task().id, {"answer": text, **data}, by=by)

    def person_decides(self, *, by: str = "sam", **data: Any) -> None:
        """Complete the only open user task with ``data`` alone."""
        self.engine.complete(self.task().id, data, by=by)

    def reply_goes_out(self) -> None:
        """Complete every open job, as the outbox does once the network has taken the reply."""
        for job in self.jobs():
            assert job.type == "reply.send"
            self.engine.complete_job(job.id, {"reply": {"id": job.id, "external_id": f"e{job.id}"}})

    def network_says(self, code: str, message: str = "") -> None:
        """End the only open job with a BPMN error, as the outbox does."""
        (job,) = self.jobs()
        self.engine.throw_error(job.id, code, message, details={"reply": {"id": job.id}})

    def outbox_settles(self, *, went_out: bool) -> None:
        """Complete the only open job, as the outbox does when a person has looked."""
        job = self.job()
        assert job.type == "reply.settle"
        self.engine.complete_job(job.id, {"went_out": went_out})

    def time_passes(self, **span: float) -> None:
        """Move the clock and fire what is due."""
        self.clock.present += timedelta(**span)
        self.engine.fire_due(self.clock.present)

    # ---- what can be seen

    def task(self) -> UserTask:
        """Return the only open user task."""
        (task,) = self.tasks()
        return task

    def tasks(self) -> list[UserTask]:
        return self.engine.user_tasks(self.instance_id)

    def jobs(self) -> list[Job]:
        return self.engine.jobs(self.instance_id)

    def job(self) -> Job:
        """Return the only open job."""
        (job,) = self.jobs()
        return job

    @property
    def instance(self) -> InstanceDetail:
        return self.engine.instance(self.instance_id)

    @property
    def resolved(self) -> bool:
        detail = self.instance
        return detail.status is InstanceStatus.COMPLETED and not detail.open_incidents

    def knows(self, name: str) -> Any:
        return self.instance.variables[name]

    def went_through(self, element: str) -> bool:
        return any(entry.element == element for entry in self.engine.history(self.instance_id))


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def acknowledged(case: Case) -> Case:
    """A complaint whose acknowledgement has gone out; it waits for the agent."""
    case.customer_writes()
    case.reply_goes_out()
    return case


@pytest.fixture
def answered(acknowledged: Case) -> Case:
    """A complaint that was answered in public; it waits for the customer."""
    acknowledged.agent_answers()
    acknowledged.reply_goes_out()
    return acknowledged
