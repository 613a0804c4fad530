"""``corral replay``: recorded conversations, as if they came in now."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import processes
from channels.model import Skipped
from channels.replaying import Counts, Replay
from engine import Engine
from webapp.bootstrap import holding, opened
from webapp.cli import RefusedError
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json
from webapp.seeding import DEMO_PROCESS

#: Skipped rows that are told one by one; the rest is only counted.
_TOLD = 10


class Speed(click.ParamType[float | None]):
    """A positive number, or ``max``, which is None: no waiting at all."""

    name = "N|max"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | None:
        """Return how many times faster than it happened."""
        if value == "max":
            return None
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not 0 < speed < float("inf"):
            self.fail(f"{value!r} is neither 'max' nor a positive number such as 60", param, ctx)
        return speed


@click.command("replay")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_option
@click.option("--process", metavar="KEY", help="Start this definition only.")
@click.option(
    "--speed", type=Speed(), default="max", help="N times as fast as it was.  [default: max]"
)
@format_option
def command(
    file: Path, data: Path | None, process: str | None, speed: float | None, form: str
) -> None:
    """Replay a recording: every mention is stored, starts or continues an instance.

    Doing it again, or after it was interrupted, stores nothing twice. In a new data directory the
    shipped complaint process is deployed first. Formats: docs/recordings.md.
    """
    settings = settings_with(data=data)
    with holding(settings), opened(settings) as installation:
        _ensure_process(installation.engine)
        replay = Replay(
            installation.engine,
            file,
            process=process,
            speed=speed,
            outbox=installation.services().outbox,
        )
        with _progress(f"Replaying {file.name}") as progress, _young_garbage_only():
            counts = replay.run(progress)
    if counts.skipped and not counts.mentions:
        first = replay.skipped[0]
        raise RefusedError(
            f"{file} holds no mention that could be understood. Line {first.line}: {first.reason}. "
            "The formats are described in docs/recordings.md."
        )
    _tell(replay.skipped, counts.skipped)
    if form == "json":
        print_json(asdict(counts))
    else:
        _print(counts)


def _ensure_process(engine: Engine) -> None:
    if not engine.definitions():
        engine.deploy(processes.files(DEMO_PROCESS), by="corral replay")
        click.echo(f"Deployed the shipped process {DEMO_PROCESS!r}.", err=True)


@contextmanager
def _young_garbage_only() -> Iterator[None]:
    """Spare the collector what is loaded by now; it stays, and looking through it takes a tenth."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], object]]:
    """Give a callback that draws a bar on stderr, when a terminal is there to see it."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    with click.progressbar(length=1, label=label, file=sys.stderr) as bar:

        def draw(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        yield draw


def _tell(skipped: Sequence[Skipped], count: int) -> None:
    for row in skipped[:_TOLD]:
        click.echo(f"Skipped line {row.line}: {row.reason}", err=True)
    if count > _TOLD:
        click.echo(f"... and {count - _TOLD} more that could not be understood.", err=True)


def _print(counts: Counts) -> None:
    for name, value in asdict(counts).items():
        click.echo(f"{name.replace('_', ' '):<20} {value:>10}")
