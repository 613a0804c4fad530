"""A clock that goes wrong on demand: a file holds by how many seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from engine import opening
from engine.ports import Clock


class ShiftedClock:
    """Another clock, moved by what stands in a file: an ``engine.ports.Clock``."""

    def __init__(self, file: Path, right: Clock | None = None) -> None:
        """Read ``file`` at each look, a missing one means no shift; ``right`` is the clock moved.

        By default that is the one of this machine.
        """
        self.file = file
        self._right = right or opening.SystemClock()

    def now(self) -> datetime:
        """Return the shifted moment in UTC."""
        return self._right.now() + timedelta(seconds=self.shift)

    @property
    def shift(self) -> float:
        """Seconds by which the clock is wrong."""
        try:
            return float(self.file.read_text() or 0)
        except (FileNotFoundError, ValueError):
            return 0.0

    def jump(self, seconds: float) -> None:
        """Move the clock, for every process that reads the file."""
        moved = self.file.with_suffix(".new")
        moved.write_text(str(self.shift + seconds))
        moved.replace(self.file)


@contextmanager
def shifted(file: Path) -> Iterator[None]:
    """Let engines that are opened in the block go by a wrong clock, on whatever database."""
    right = opening.clock_of
    opening.clock_of = lambda storage: ShiftedClock(file, right(storage))
    try:
        yield
    finally:
        opening.clock_of = right
