"""The short version of ``make crash``: seconds of trouble, then everything is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.long_run import house_on
from tests.crash.monkey import run
from tools.postgres import PostgresError

#: The troubles are the same each time; make crash draws new ones.
SEED = 7
#: Seconds of trouble, and between two of them; and how many mentions there are.
SECONDS, PAUSE, MENTIONS = 2, (0.2, 1.0), 10


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def test_given_trouble_at_random_moments_then_nothing_is_lost_and_nothing_happens_twice(
    database: str, folder: Path
) -> None:
    # given
    try:
        with house_on(database, folder, SEED, webs=1) as house:
            # when
            summary = run(house, seed=SEED, seconds=SECONDS, pause=PAUSE, most=MENTIONS)
    except PostgresError as reason:
        pytest.skip(str(reason))

    # then
    print(summary.text)
    assert not summary.faults, summary.text
    assert summary.figures["mentions"] > 0
    assert summary.figures["posts"] > 0
