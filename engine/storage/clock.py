"""The clock of the database server: the one that all processes on it agree on.

It is read now and then, and kept going by the seconds that pass here. A clock of a host that is
wrong, or is put right with a jump, moves neither timers nor the turns of accounts and replies.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import text

from engine.storage.database import Database

_log = structlog.get_logger(__name__)

#: Seconds for which a reading stands; clocks drift by far less than a millisecond in them.
KEPT = 10.0
_ASK = text("SELECT clock_timestamp()")


def elapsed() -> float:
    """Return seconds that pass evenly, whatever is done to the clock of this host.

    Those that a machine sleeps are counted where the system can tell.
    """
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


class DatabaseClock:
    """Tells the time of a PostgreSQL server. Asking it costs no look at the database."""

    def __init__(self, database: Database, *, passing: Callable[[], float] = elapsed) -> None:
        """Read the server's clock once; ``passing`` tells how many seconds have passed."""
        self._database = database
        self._passing = passing
        self._reading = threading.Lock()
        self._read = self._ask()
        self._next = passing() + KEPT

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        moment, at = self._read
        passed = self._passing()
        # In a thread: whoever asks may hold a transaction, and must not wait for a second one.
        if passed > self._next and self._reading.acquire(blocking=False):
            threading.Thread(target=self._read_again, name="clock", daemon=True).start()
        return moment + timedelta(seconds=passed - at)

    def _read_again(self) -> None:
        try:
            self._read = self._ask()
        except Exception:  # noqa: BLE001 - whatever the database has, the old reading still serves
            _log.debug("the clock of the database was not read", exc_info=True)
        finally:
            self._next = self._passing() + KEPT
            self._reading.release()

    def _ask(self) -> tuple[datetime, float]:
        """Return a moment, and when it was."""
        with self._database.read() as connection:
            before = self._passing()
            moment: datetime = connection.execute(_ASK).scalar_one()
            return moment.astimezone(UTC), (before + self._passing()) / 2
