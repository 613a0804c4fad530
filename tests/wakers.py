"""Wakers for tests that want nobody to be woken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any


class Deaf:
    """A waker that hears nothing: what a death between commit and wake-up leaves behind."""

    def enlist(self, connection: Any, instance_ids: Sequence[int]) -> None:
        """Write nothing."""

    def wake(self, instance_ids: Iterable[int]) -> None:
        """Do nothing."""

    def wake_at(self, due: datetime) -> None:
        """Do nothing."""
