"""A whole replay: counts, repetition, interruption, pace."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from unittest.mock import patch

import pytest

from channels.conversations import Conversations
from channels.replaying import Replay
from engine import Engine, Source
from engine.advance import Advancer
from engine.errors import NotFoundError, NotStartableError
from tests.channels.conftest import ANSWERING, LISTENING, FakeClock, PlainSignals
from tests.channels.test_recordings import csv_of, told
from tests.wakers import Deaf


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return csv_of(
        tmp_path,
        f"1,77,True,{told(1)},@acme broken,2,",
        f"2,acme,False,{told(2)},we look,3,1",
        f"3,77,True,{told(31)},still broken,,2",
        f"4,88,True,{told(40)},@other help,,",
        "5,88,True,never,@other help,,",
    )


def test_given_a_recording_when_replayed_then_every_conversation_has_its_instance(
    listening: Engine, file: Path
) -> None:
    # given
    seen = []

    # when
    replay = Replay(listening, file, process="listening", signals=PlainSignals())
    counts = replay.run(lambda done, total: seen.append((done, total)))

    # then
    assert (counts.mentions, counts.stored, counts.duplicates, counts.skipped) == (3, 3, 0, 1)
    assert (counts.instances_started, counts.messages_correlated) == (2, 1)
    assert counts.user_tasks_open == 2
    assert [one.line for one in replay.skipped] == [6]
    assert seen == [(0, 4), (4, 4)]
    assert not any(s.account.enabled for s in Conversations(listening).accounts())


def test_given_a_replay_when_repeated_then_nothing_new_is_stored(
    listening: Engine, file: Path
) -> None:
    Replay(listening, file, signals=PlainSignals()).run()
    again = Replay(listening, file, signals=PlainSignals()).run()
    assert (again.stored, again.duplicates, again.instances_started) == (0, 3, 0)
    assert again.user_tasks_open == 2


def test_given_a_replay_that_died_when_repeated_then_it_ends_like_one_left_in_peace(
    listening: Engine, file: Path
) -> None:
    # given: no instance goes on with its mention, and the process dies after the first commit
    class Dead(Deaf):
        def wake(self, instance_ids: Iterable[int]) -> None:
            raise KeyboardInterrupt

    alive = listening._core.waker
    listening.use_waker(Dead())
    with (
        patch.object(Advancer, "run", side_effect=RuntimeError("a fault of ours")),
        pytest.raises(KeyboardInterrupt),
    ):
        Replay(listening, file, signals=PlainSignals()).run()
    listening.use_waker(alive)

    # when
    counts = Replay(listening, file, signals=PlainSignals()).run()

    # then
    assert counts.stored + counts.duplicates == 3
    assert counts.user_tasks_open == 2
    assert len(listening.instances()) == 2


def test_a_timed_replay_waits_as_long_as_it_took_divided_by_its_speed(
    listening: Engine, file: Path, clock: FakeClock
) -> None:
    # given
    began = clock.now()
    replay = Replay(
        listening, file, speed=60, signals=PlainSignals(),
        sleep=lambda seconds: clock.passes(seconds=seconds),
    )  # fmt: skip

    # when
    counts = replay.run()

    # then
    assert counts.stored == 3
    assert (clock.now() - began).total_seconds() == pytest.approx(39, abs=1)


def test_a_timed_replay_does_not_wait_for_what_it_brought_before(
    listening: Engine, file: Path, clock: FakeClock
) -> None:
    # given
    Replay(listening, file, signals=PlainSignals()).run()

    # when
    def never(_seconds: float) -> None:
        raise AssertionError("it waited")

    again = Replay(listening, file, speed=1, signals=PlainSignals(), sleep=never).run()

    # then
    assert again.duplicates == 3


def test_a_process_that_is_not_deployed_or_starts_otherwise_is_refused_before_anything_is_stored(
    listening: Engine, file: Path
) -> None:
    # given
    listening.deploy([Source("answering.bpmn", ANSWERING.encode())])

    # then
    with pytest.raises(NotFoundError, match="nonsense"):
        Replay(listening, file, process="nonsense", signals=PlainSignals()).run()
    with pytest.raises(NotStartableError, match=r"mention\.received"):
        Replay(listening, file, process="answering", signals=PlainSignals()).run()
    assert listening.instances() == []
    assert Conversations(listening).customers() == []


def test_a_draft_starts_nothing_and_says_what_it_lacks(listening: Engine, file: Path) -> None:
    # given
    draft = LISTENING.replace('"listening"', '"sketch"').replace(' isExecutable="true"', "")
    listening.deploy([Source("sketch.bpmn", draft.encode())])

    # when / then
    with pytest.raises(NotStartableError, match="does not say that it is executable"):
        Replay(listening, file, process="sketch", signals=PlainSignals()).run()
    assert listening.instances() == []
