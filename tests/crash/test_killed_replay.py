"""A replay that is killed, then replayed again, ends like one that nobody disturbed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import recording, tree
from tools.program import Program

Counts = dict[str, dict[str, int]]
Replay = Callable[[Path, str], Program]
Replayed = Callable[[Path, str], dict[str, int]]
CARE = tree.ROOT.parent / "shared" / "data" / "care-conversations.json"
#: How many of them are enough for pages before and after the kill.
CARED = 200
#: One commit holds a page of mentions; a kill may land anywhere in or between pages.
MENTIONS, KILLS, SEED = 300, 2, 1
PATIENCE = 120


def killed(process: Program, reached: Callable[[], bool]) -> bool:
    """Kill a replay when ``reached`` is True; False when it was quicker and ended by itself."""
    with process:
        try:
            process.until(reached, within=PATIENCE)
        except AssertionError:
            assert process.process.returncode == 0, process.text
            return False
        process.kill()
        return True


def test_given_a_replay_killed_at_random_moments_when_replayed_then_nothing_differs(
    replay: Replay,
    replayed: Replayed,
    read_counts: Callable[[Path], Counts],
    read_stored: Callable[[Path], int],
    tmp_path: Path,
) -> None:
    # given
    recorded = recording.write(tmp_path / "recording.csv", mentions=MENTIONS, seed=SEED)
    data = tmp_path / "killed"
    moments = sorted(random.Random(SEED).sample(range(recorded.mentions * 3 // 4), KILLS))

    # when
    for moment in moments:
        killed(replay(recorded.path, "killed"), lambda at=moment: read_stored(data) > at)
    replayed(recorded.path, "killed")
    replayed(recorded.path, "peace")

    # then
    assert read_stored(data) == recorded.mentions
    assert read_counts(data) == read_counts(tmp_path / "peace")


def test_given_a_finished_replay_when_replayed_then_nothing_new_is_stored(
    replayed: Replayed, read_counts: Callable[[Path], Counts], tmp_path: Path
) -> None:
    # given
    recorded = recording.write(tmp_path / "recording.csv", mentions=100)
    first = replayed(recorded.path, "data")
    before = read_counts(tmp_path / "data")

    # when
    second = replayed(recorded.path, "data")

    # then
    assert first["stored"] == recorded.mentions
    assert second["stored"] == 0
    assert second["duplicates"] == recorded.mentions
    assert read_counts(tmp_path / "data") == before


@pytest.mark.skipif(
    not CARE.exists(), reason="the public care conversations are not beside the tree"
)
def test_given_the_care_conversations_when_killed_half_way_then_a_second_replay_completes_them(
    replay: Replay,
    replayed: Replayed,
    read_counts: Callable[[Path], Counts],
    read_stored: Callable[[Path], int],
    tmp_path: Path,
) -> None:
    # given
    some = tmp_path / CARE.name
    some.write_text(json.dumps(json.loads(CARE.read_text("utf-8"))[:CARED]), "utf-8")
    replayed(some, "peace")
    peace = read_counts(tmp_path / "peace")
    half = peace["mention"]["rows"] // 2
    data = tmp_path / "killed"

    # when
    was_killed = killed(replay(some, "killed"), lambda: read_stored(data) > half)
    replayed(some, "killed")

    # then
    assert was_killed
    assert read_counts(data) == peace
    assert peace["inbox"] == {}
