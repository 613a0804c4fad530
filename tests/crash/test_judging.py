"""The judge of the crash tests notices each thing that may not happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Page
from channels.outbox import Outbox
from channels.storage import prepare
from engine import Engine
from engine.history import What
from engine.storage.history import NUMBERS
from tests.channels.conftest import FakeClock, FakeNetwork, PlainSignals, mention
from tests.crash.house import PROCESSES
from tests.crash.judge import Judge, Seen
from tests.crash.load import Promises


@dataclass
class Scene:
    """A finished case, and what the outside saw of it."""

    engine: Engine
    seen: Seen
    promises: Promises

    def faults(self) -> list[str]:
        return Judge(self.engine, self.seen, self.promises).faults()

    def change(self, statement: str) -> None:
        with self.engine.transaction() as uow:
            uow.connection.execute(text(statement))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """One customer who wrote twice, was answered once, and was watched over in vain."""
    clock, network = FakeClock(), FakeNetwork()
    engine = Engine.open(f"sqlite:///{tmp_path / 'corral.sqlite'}", clock=clock)
    prepare(engine)
    engine.deploy(sorted(PROCESSES.iterdir()))
    outbox = Outbox(engine, {"fake": network})
    account = Conversations(engine).ensure_account("fake", "@acme")
    Intake(engine, PlainSignals(), {"fake": network}).take(account, Page((mention(1), mention(2))))
    engine.start("watch", business_key="watch:1")
    for _ in range(6):
        engine.fire_due(clock.passes(seconds=1))
    (task,) = engine.user_tasks(queue="care")
    engine.complete(task.id, {"answer": "Answer 1"})
    outbox.work()
    seen = Seen(
        told={"m1", "m2"},
        calls=Counter(reply.idempotency_key for reply in network.calls),
        posts={key: [f"post-{key[:8]}"] for key in network.posted},
        texts=Counter(network.posted.values()),
    )
    promises = Promises(
        told={"m1", "m2"}, confirmed={"Answer 1"}, tried={"Answer 1"}, watches={"watch:1"}
    )
    yield Scene(engine, seen, promises)
    engine.close()


def test_a_case_in_which_nothing_went_wrong_has_no_faults(scene: Scene) -> None:
    assert scene.faults() == []


def post_again(scene: Scene) -> None:
    (key,) = scene.seen.posts
    scene.seen.posts[key].append("post-again")
    scene.seen.texts["Answer 1"] += 1


def leave_behind(scene: Scene) -> None:
    task = scene.engine.start("watch", business_key="watch:2").id
    scene.engine.fire_due(scene.engine.clock.now() + timedelta(hours=1))
    scene.change(f"UPDATE instance SET status = 'active' WHERE id = {task}")


FAULTS: dict[str, tuple[Callable[[Scene], object], str]] = {
    "a mention nobody stored": (lambda s: s.seen.told.add("m3"), "mention m3 was not stored"),
    "a mention nobody wrote": (lambda s: s.seen.told.remove("m2"), "mention m2 was stored, and"),
    "an answer that is lost": (lambda s: s.promises.confirmed.add("Answer 2"), "and is lost"),
    "an answer nobody gave": (lambda s: s.promises.tried.clear(), "was never given"),
    "an instance that is lost": (lambda s: s.promises.watches.add("watch:3"), "is not there"),
    "a second post": (post_again, "was posted 2 times"),
    "a post of nobody": (lambda s: s.seen.posts.update(other=["p"]), "belongs to no reply"),
    "a post that is not there": (lambda s: s.seen.posts.clear(), "was never posted"),
    "a reply that lies": (
        lambda s: s.change("UPDATE reply SET status = 'refused'"), "was posted all the same"
    ),
    "a reply without end": (
        lambda s: s.change("UPDATE reply SET status = 'sending'"), "has no end"
    ),
    "an instance that goes on": (leave_behind, "is active"),
    "a timer that is early": (
        lambda s: s.change("UPDATE history SET at = '2026-01-01 00:00:00.000000' "
                           f"WHERE what = {NUMBERS[What.COMPLETED]}"),
        "called_pause fired before its time",
    ),
    "a job that waits": (lambda s: s.change("UPDATE job SET status = 'open'"), "is open"),
    "a user task that waits": (
        lambda s: s.change("UPDATE user_task SET status = 'claimed'"), "is claimed"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_and_named(scene: Scene, name: str) -> None:
    # given
    happens, told = FAULTS[name]

    # when
    happens(scene)

    # then
    assert any(told in fault for fault in scene.faults()), scene.faults()
