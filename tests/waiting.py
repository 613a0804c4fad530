"""Waits for what others do, with a bound: no test sleeps for a guessed time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Seconds. Far longer than anything in these tests takes; only something broken waits so long.
PATIENCE = 60.0
_LOOK_EVERY = 0.01


def until(holds: Callable[[], object], patience: float = PATIENCE) -> None:
    """Return once what ``holds`` returns is true; fail when it is not in time."""
    end = time.monotonic() + patience
    look = threading.Event()
    while not holds():
        assert time.monotonic() < end, f"it does not hold after {patience} seconds"
        look.wait(_LOOK_EVERY)
