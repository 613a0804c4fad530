"""Starts ``corral`` with the network of the crash tests, and on a clock that goes wrong.

``python -m tests.crash.start_corral CLOCK_FILE COMMAND ...``. Whoever asks for the time is told the
wrong one: the engine, the scheduler of the wakers, and what minds it.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import apscheduler.executors.base
import apscheduler.schedulers.base

from engine.waking import clock
from tests.crash.shifted_clock import ShiftedClock, shifted
from tests.start_corral import start


def set_wrong(shifting: ShiftedClock) -> None:
    """Let what plans by the clock of this machine go by a wrong one."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime.now(tz) + timedelta(seconds=shifting.shift)

    for module in (apscheduler.executors.base, apscheduler.schedulers.base, clock):
        module.datetime = Wrong
    wall = clock.WakingClock.__init__.__kwdefaults__
    assert wall["wall"] is time.time
    wall["wall"] = lambda: time.time() + shifting.shift


if __name__ == "__main__":
    file = Path(sys.argv.pop(1))
    set_wrong(ShiftedClock(file))
    with shifted(file):
        start(Path(__file__).parent / "networks")
