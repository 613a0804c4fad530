"""A clock that goes wrong on demand: a file holds by how many seconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path


class ShiftedClock:
    """The clock of this machine, moved by what stands in a file: an ``engine.ports.Clock``."""

    def __init__(self, file: Path) -> None:
        """Read ``file`` at each look; a missing one means no shift."""
        self.file = file

    def now(self) -> datetime:
        """Return the shifted moment in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.shift)

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
