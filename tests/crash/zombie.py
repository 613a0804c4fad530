"""A program that completes a user task and stops itself on the way, until it is told to go on.

``python -m tests.crash.zombie URL MOMENT``, where the moment is ``looked`` (it knows the user task,
and has not begun to write) or ``writing`` (its transaction holds the row and has written it). It
ends with 3 when it was refused.
"""

from __future__ import annotations

import os
import signal
import sys

from sqlalchemy.exc import DBAPIError

from engine import Engine
from engine.errors import EngineError


def stop(*_: object) -> None:
    """Stop here; ``SIGCONT`` makes us go on."""
    os.kill(os.getpid(), signal.SIGSTOP)


def main() -> int:
    """Complete the only user task there is."""
    url, moment = sys.argv[1:]
    engine = Engine.open(url)
    (task,) = engine.user_tasks()
    if moment == "looked":
        stop()
    else:
        engine.on_jobs("work", stop)
    try:
        engine.complete(task.id, {"by": "zombie"})
    except (EngineError, DBAPIError) as refused:
        print(f"refused: {refused}")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
