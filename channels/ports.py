"""What the channels need from the outside: somebody who calls them again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Polls(Protocol):
    """A scheduler. The embedded waker of the engine is one."""

    def add_poll(self, name: str, seconds: float, func: Callable[[], object]) -> None:
        """Call ``func`` every ``seconds`` from now on, never two calls of it at the same time.

        An exception of ``func`` is logged, and ends nothing.
        """
        ...
