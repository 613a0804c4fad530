"""How many recorded mentions a second become triaged process instances, at full speed.

SQLite in WAL mode with synchronous FULL, on the disk the tree is on; what ``corral replay --speed
max`` does, with the seconds it reports: reading the file and loading the language models come
before. Two figures, both held against the bar that is asked for.

``replay_first_wait``: every mention is stored with its customer and conversation, read (sentiment,
language, topics), correlated and triaged by the decision table; its instance is at its first wait
(a complaint at its acknowledgement, which is written to the outbox; the others at their user
task), its waits and its history are written. Mentions for a running instance are kept for it.

``replay``: all of that, and each acknowledgement goes out through the outbox (marked, sent to the
recorded network, recorded), so that the complaint goes on to its user task with its timers.

The floor is the rate at which the bare rows of the same database go in, in as many commits.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from channels.outbox import Outbox
from channels.replaying import Replay
from tools import recording
from tools.bare_rows import counted_commits, seconds
from tools.bench import Figure, Run
from webapp.bootstrap import opened
from webapp.cli import main as corral
from webapp.settings import Settings

MENTIONS = 3000
RUNS = 3
BAR = 250.0
PROCESS = Path(__file__).resolve().parents[2] / "processes" / "complaint"


class Closed(Outbox):
    """An outbox that takes replies and sends none."""

    def work(self) -> int:
        """Do nothing."""
        return 0

    def begin(self) -> int:
        """Do nothing."""
        return 0


def command(arguments: Sequence[str | Path]) -> dict[str, Any]:
    """Run one ``corral`` command in this process and return the object it printed."""
    result = CliRunner().invoke(corral, [str(a) for a in arguments], catch_exceptions=False)
    if result.exit_code != 0:
        raise RuntimeError(f"corral {arguments[0]} failed: {result.output}")
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def replayed(file: Path, data: Path) -> dict[str, Any]:
    """Replay with the command, replies and all, and return its counts."""
    return command(["replay", file, "--speed", "max", "--data", data, "--format", "json"])


def replayed_to_first_wait(file: Path, data: Path) -> dict[str, Any]:
    """Replay without sending anything, and return the counts."""
    with opened(Settings(data=data)) as installation:
        engine = installation.engine
        return asdict(Replay(engine, file, outbox=Closed(engine, installation.networks)).run())


def measure(run: Run) -> Mapping[str, Figure]:
    """Replay the same recording into fresh databases, both ways, and return the median rates."""
    recorded = recording.write(run.folder / "recording.csv", mentions=MENTIONS // run.shrink)
    ways = {"replay": replayed, "replay_first_wait": replayed_to_first_wait}
    return {name: rate(run, recorded, name, way) for name, way in ways.items()}


def rate(
    run: Run,
    recorded: recording.Recorded,
    name: str,
    way: Callable[[Path, Path], dict[str, Any]],
) -> Figure:
    """Return the median rate of one way to replay, and its floor."""
    rates, floors = [], []
    for number in range(RUNS if run.shrink == 1 else 1):
        data = run.folder / f"{name}{number}"
        command(["deploy", PROCESS, "--data", data, "--format", "json"])
        with counted_commits() as commits:
            counts = way(recorded.path, data)
        if counts["stored"] != recorded.mentions or not counts["instances_started"]:
            raise RuntimeError(f"the replay is not whole: {counts}")
        bare = seconds(data / "corral.sqlite", data / "bare.sqlite", commits=commits.count)
        rates.append(counts["stored"] / counts["seconds"])
        floors.append(counts["stored"] / bare)
        run.say(f"{name}: {rates[-1]:.0f} mentions/s, {commits.count} commits")
    return Figure(
        statistics.median(rates), "mentions/s", statistics.median(floors), BAR, more_is_better=True
    )
