"""Many complain about the same: one answer is written, and each conversation gets its own reply."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

import processes
from channels.conversations import Conversations
from channels.gathering import Gathering
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page
from channels.outbox import Outbox
from channels.storage import prepare
from engine import Engine
from engine.errors import NotFoundError
from engine.messages import Correlated
from engine.user_tasks import UserTask
from tests.channels.conftest import START, FakeClock, FakeNetwork

SAME = "the app is down again since this morning, cannot log in at all, terrible"
ANSWER = "We have found it and mend it now."


class Town:
    """Customers who complain, and the people who answer."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.engine = Engine.in_memory(clock=self.clock)
        prepare(self.engine)
        for name in ("complaint", "shared_answer"):
            self.engine.deploy(processes.files(name))
        self.network = FakeNetwork()
        self.network.reply_limit = 500
        self.conversations = Conversations(self.engine)
        self.gathering = Gathering(self.engine)
        self.outbox = Outbox(self.engine, {"fake": self.network})
        self.intake = Intake(self.engine, channels={"fake": self.network})
        self.account: ChannelAccount = self.conversations.ensure_account("fake", "acme")

    def complain(self, *numbers: int, text: str = SAME, private: bool = False) -> None:
        """Let customers write, each in a conversation of their own."""
        self.intake.take(
            self.account,
            Page(
                tuple(
                    Mention(
                        f"m{n}", Author(f"a{n}", f"a{n}"), text,
                        START + timedelta(minutes=n), f"t{n}", private=private,
                    )
                    for n in numbers
                )
            ),
        )  # fmt: skip
        self.works()

    def works(self) -> None:
        """Let whatever is due happen."""
        self.engine.sweep()
        self.outbox.work()
        self.engine.sweep()

    def task(self, element: str) -> UserTask:
        """Return the only open user task of an element."""
        (found,) = [task for task in self.engine.user_tasks() if task.element == element]
        return found

    def answers(self) -> dict[int, list[tuple[str, bool, str | None]]]:
        """Return what agents told in each conversation, whether in private, and who."""
        told: dict[int, list[tuple[str, bool, str | None]]] = {}
        for reply in self.network.calls:
            if reply.by is not None:
                told.setdefault(reply.conversation_id, []).append(
                    (reply.text, reply.private, reply.by)
                )
        return told


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    yield made
    made.engine.close()


def test_one_answer_becomes_one_reply_in_each_conversation(town: Town) -> None:
    # given: three complain, a manager takes them up, and a fourth comes before the answer
    town.complain(1, 2, 3)
    town.complain(9, text="where is my parcel, it should have been here last week, so bad")
    (cluster,) = town.conversations.clusters()
    assert town.gathering.open_case(cluster.id, by="mia").outcome is Correlated.STARTED
    town.works()
    town.complain(4, private=True)

    # when
    town.engine.complete(town.task("answer_all").id, {"answer": ANSWER}, by="sam")
    town.works()

    # then: the parcel is another trouble
    public, private = (ANSWER, False, "sam"), (ANSWER, True, "sam")
    assert town.answers() == {1: [public], 2: [public], 3: [public], 5: [private]}
    assert [task.correlation_key for task in town.engine.user_tasks()] == ["conversation:4"]


def test_who_was_answered_already_is_left_alone(town: Town) -> None:
    # given: an agent was faster with the first
    town.complain(1, 2)
    (cluster,) = town.conversations.clusters()
    town.gathering.open_case(cluster.id, by="mia")
    town.works()
    (first,) = [t for t in town.engine.user_tasks() if t.correlation_key == "conversation:1"]
    town.engine.complete(first.id, {"answer": "Try again now."}, by="ana")
    town.works()

    # when
    town.engine.complete(town.task("answer_all").id, {"answer": ANSWER}, by="sam")
    town.works()

    # then
    assert town.answers() == {1: [("Try again now.", False, "ana")], 2: [(ANSWER, False, "sam")]}


def test_an_escalated_complaint_gets_the_answer_too_and_no_second_approval(town: Town) -> None:
    # given: a text that the supervisor rule would want approved
    town.complain(1, 2)
    town.engine.fire_due(town.clock.passes(hours=5))
    (cluster,) = town.conversations.clusters()
    town.gathering.open_case(cluster.id, by="mia")
    town.works()

    # when
    promise = "We promise that this never happens again."
    town.engine.complete(town.task("answer_all").id, {"answer": promise}, by="sam")
    town.works()

    # then
    assert set(town.answers()) == {1, 2}
    assert town.engine.user_tasks() == []


def test_a_case_that_runs_is_not_opened_twice_and_may_be_closed_without_an_answer(
    town: Town,
) -> None:
    # given
    town.complain(1, 2)
    (cluster,) = town.conversations.clusters()
    town.gathering.open_case(cluster.id, by="mia")
    town.works()

    # when
    again = town.gathering.open_case(cluster.id, by="mia")
    town.engine.complete(town.task("answer_all").id, {"next_step": "close"}, by="sam")
    town.works()

    # then
    assert again.outcome is Correlated.DROPPED
    assert town.answers() == {}
    assert len(town.engine.user_tasks()) == 2


def test_clusters_of_other_workspaces_are_nobodys(town: Town) -> None:
    town.complain(1, 2)
    elsewhere = Gathering(town.engine.create_workspace("other", "Other"))

    with pytest.raises(NotFoundError):
        elsewhere.open_case(1, by="eve")
