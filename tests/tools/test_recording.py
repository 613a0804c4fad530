"""Recordings made from a seed: known counts, the same every time."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tools import recording


@pytest.mark.parametrize("mentions", [1, 50, 400])
def test_a_recording_holds_as_many_mentions_as_asked_for(mentions: int, tmp_path: Path) -> None:
    # when
    recorded = recording.write(tmp_path / "recording.csv", mentions=mentions)

    # then
    rows = list(csv.DictReader(recorded.path.open(encoding="utf-8", newline="")))
    assert tuple(rows[0]) == recording.COLUMNS
    assert sum(row["inbound"] == "True" for row in rows) == recorded.mentions == mentions
    assert 1 <= recorded.conversations <= mentions


def test_every_answer_and_follow_up_points_at_a_row_before_it(tmp_path: Path) -> None:
    # given
    recorded = recording.write(tmp_path / "recording.csv", mentions=200)

    # when
    rows = list(csv.DictReader(recorded.path.open(encoding="utf-8", newline="")))
    seen: set[str] = set()
    dangling = []
    for row in rows:
        if row["in_response_to_tweet_id"] and row["in_response_to_tweet_id"] not in seen:
            dangling.append(row)
        seen.add(row["tweet_id"])

    # then
    assert len(seen) == len(rows)
    assert not dangling


def test_the_same_seed_gives_the_same_file_and_another_another(tmp_path: Path) -> None:
    # when
    texts = [
        recording.write(tmp_path / f"{n}.csv", mentions=80, seed=seed).path.read_text()
        for n, seed in enumerate([7, 7, 8])
    ]

    # then
    assert texts[0] == texts[1] != texts[2]
