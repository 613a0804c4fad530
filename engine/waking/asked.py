"""A thread that does one thing whenever it is asked to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from engine.waking.clock import safely


class Asked:
    """Calls a function when it is asked; being asked while it is at it means once more."""

    def __init__(self, name: str, call: Callable[[], object]) -> None:
        """Keep both; ``name`` is that of the thread, and in the log."""
        self._name, self._call = name, call
        self._changed = threading.Condition()
        self._wanted = self._ending = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread."""
        self._ending = False
        self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Tell whether its thread lives."""
        return self._thread is not None and self._thread.is_alive()

    def ask(self) -> None:
        """See to it that the function is called soon. Returns at once."""
        with self._changed:
            self._wanted = True
            self._changed.notify_all()

    def stop(self, patience: float) -> None:
        """Let a call that runs finish, for so many seconds at most, and end the thread."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(patience)
            self._thread = None

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._wanted or self._ending)
                if self._ending:
                    return
                self._wanted = False
            safely(self._name, self._call)
