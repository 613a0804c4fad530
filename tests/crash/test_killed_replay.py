"""A replay that is killed, then replayed again, ends like one that nobody disturbed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import recording, tree
from tools.program import Program

Counts = dict[str, dict[str, int]]
Replay = Callable[[Path, str], Program]
CARE = tree.ROOT.parent / "shared" / "data" / "care-conversations.json"
#: One commit holds a page of mentions; a kill may land anywhere in or between pages.
KILLS = 3
PATIENCE = 120


@pytest.fixture
def undisturbed(
    replay: Replay, tmp_path: Path, read_counts: Callable[[Path], Counts]
) -> Callable[[Path], Counts]:
    """Replays a recording in peace and returns the counts."""

    def counted(file: Path) -> Counts:
        with replay(file, "peace") as process:
            assert process.ends(within=PATIENCE) == 0, process.text
        return read_counts(tmp_path / "peace")

    return counted


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


@pytest.mark.parametrize("seed", [1, 2])
def test_given_a_replay_killed_at_random_moments_when_replayed_then_nothing_differs(
    seed: int,
    replay: Replay,
    undisturbed: Callable[[Path], Counts],
    read_counts: Callable[[Path], Counts],
    read_stored: Callable[[Path], int],
    tmp_path: Path,
) -> None:
    # given
    recorded = recording.write(tmp_path / "recording.csv", mentions=600, seed=seed)
    data = tmp_path / "killed"
    moments = sorted(random.Random(seed).sample(range(recorded.mentions * 3 // 4), KILLS))

    # when
    for moment in moments:
        killed(replay(recorded.path, "killed"), lambda at=moment: read_stored(data) > at)
    with replay(recorded.path, "killed") as last:
        assert last.ends(within=PATIENCE) == 0, last.text

    # then
    assert read_stored(data) == recorded.mentions
    assert read_counts(data) == undisturbed(recorded.path)


def test_given_a_finished_replay_when_replayed_then_nothing_new_is_stored(
    replay: Replay,
    read_counts: Callable[[Path], Counts],
    answer: Callable[[Program], dict[str, int]],
    tmp_path: Path,
) -> None:
    # given
    recorded = recording.write(tmp_path / "recording.csv", mentions=200)
    with replay(recorded.path, "data") as first:
        assert first.ends(within=PATIENCE) == 0, first.text
    before = read_counts(tmp_path / "data")

    # when
    with replay(recorded.path, "data") as second:
        assert second.ends(within=PATIENCE) == 0, second.text

    # then
    assert answer(first)["stored"] == recorded.mentions
    assert answer(second)["stored"] == 0
    assert answer(second)["duplicates"] == recorded.mentions
    assert read_counts(tmp_path / "data") == before


@pytest.mark.skipif(
    not CARE.exists(), reason="the public care conversations are not beside the tree"
)
def test_given_the_care_conversations_when_killed_half_way_then_a_second_replay_completes_them(
    replay: Replay,
    undisturbed: Callable[[Path], Counts],
    read_counts: Callable[[Path], Counts],
    read_stored: Callable[[Path], int],
    tmp_path: Path,
) -> None:
    # given
    peace = undisturbed(CARE)
    half = peace["mention"]["rows"] // 2
    data = tmp_path / "killed"

    # when
    was_killed = killed(replay(CARE, "killed"), lambda: read_stored(data) > half)
    with replay(CARE, "killed") as second:
        assert second.ends(within=PATIENCE) == 0, second.text

    # then
    assert was_killed
    assert read_counts(data) == peace
    assert peace["inbox"] == {}
