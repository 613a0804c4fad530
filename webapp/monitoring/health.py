"""Whether this process can do what it is for, asked often and by anybody.

Nobody who asks waits long, and nobody can load the database by asking: one thread looks, what it
found is kept for a second, and a check that hangs is told as such. What is told names no address
and quotes no error: strangers may read it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

import structlog

#: Looks for one thing, and returns in a few words what is wrong with it; None when it is well.
Check = Callable[[], str | None]

#: Seconds a caller waits for the checks together.
PATIENCE = 2.0
#: Seconds for which an answer stands.
KEPT = 1.0
WELL = "ok"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Report:
    """How each check went, by name: ``"ok"``, or what is wrong."""

    checks: Mapping[str, str]

    @property
    def ready(self) -> bool:
        """Tell whether all is well."""
        return all(found == WELL for found in self.checks.values())


class Health:
    """The checks of one process. Safe to ask from many threads."""

    def __init__(self, *, patience: float = PATIENCE, kept: float = KEPT) -> None:
        """Have no checks yet; see :meth:`add`. Both times are in seconds."""
        self._patience = patience
        self._kept = kept
        self._checks: dict[str, Check] = {}
        self._changed = threading.Condition()
        self._looking = False
        #: What the look that is going on has found so far.
        self._found: dict[str, str] = {}
        self._looks = 0
        self._report = Report({})
        self._good_until = -math.inf

    def add(self, name: str, check: Check) -> None:
        """Ask ``check`` too from now on; one of the same name is replaced."""
        with self._changed:
            self._checks[name] = check
            self._good_until = -math.inf

    def report(self) -> Report:
        """Return how it is now, or was up to a second ago. Never raises."""
        with self._changed:
            if monotonic() < self._good_until:
                return self._report
            if not self._looking:
                self._looking = True
                self._found = {}
                threading.Thread(target=self._look, name="health", daemon=True).start()
            before = self._looks
            if not self._changed.wait_for(lambda: self._looks > before, self._patience):
                silent = f"no answer in {self._patience:g} seconds"
                self._keep({name: self._found.get(name, silent) for name in self._checks})
            return self._report

    def _look(self) -> None:
        """Ask each check once, and tell those who wait."""
        for name, check in tuple(self._checks.items()):
            try:
                wrong = check()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is not well
                _log.warning("health.check_failed", check=name, error=type(error).__name__)
                wrong = "fails"
            self._found[name] = wrong or WELL
        with self._changed:
            self._looking = False
            self._looks += 1
            self._keep(dict(self._found))
            self._changed.notify_all()

    def _keep(self, found: dict[str, str]) -> None:
        self._report = Report(found)
        self._good_until = monotonic() + self._kept
