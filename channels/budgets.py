"""How often a network may still be called: one budget an account, shared by all workers.

A network's file says what it learns from the headers of an answer, with :func:`told`, wherever it
happens to be called from. Whoever calls a network collects that with :func:`listening` and keeps
it in the database (``channels/storage/budgets.py``), where every worker looks before it calls.

Reading and answering are fair to each other, and answering wins: of what both of them use, a share
is kept for answers; reading is spread over what is left of the window, so it slows down first.
Answers may use up everything, and then wait for the next window without counting as failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

#: The share of a whole window that reading leaves to answers, where both use the same.
KEPT = 0.25


class Purpose(StrEnum):
    """What the calls of a budget are made for."""

    READING = "reading"
    ANSWERING = "answering"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a network still allows an account, until a moment."""

    bucket: str  #: as the network's file names it, such as ``"mentions"``
    remaining: int
    resets_at: datetime  #: aware; from then on there is a new window
    purpose: Purpose = Purpose.BOTH
    most: int | None = None  #: calls of a whole window; None when the network does not say

    @property
    def left_to_reading(self) -> int:
        """Return how many calls reading may still make."""
        if self.purpose is Purpose.READING:
            return max(self.remaining, 0)
        whole = self.remaining if self.most is None else self.most
        return max(self.remaining - max(round(whole * KEPT), 1), 0)

    @property
    def consequence(self) -> str:
        """Return, for people, what happens when it is used up, until there is a new window."""
        if self.purpose is Purpose.READING:
            return "it is not read; replies go out"
        if self.purpose is Purpose.ANSWERING:
            return "replies wait; it is read"
        whole = self.remaining if self.most is None else self.most
        kept = whole - replace(self, remaining=whole).left_to_reading
        return f"it is not read from {kept} on, kept for replies; at 0 those wait too"


_heard: ContextVar[list[Budget] | None] = ContextVar("budgets", default=None)


def told(
    bucket: str,
    *,
    remaining: int,
    resets_at: datetime,
    purpose: Purpose = Purpose.BOTH,
    most: int | None = None,
) -> None:
    """Say what an answer of a network told about one of its limits.

    Args:
        bucket: which limit, by a name that stays the same; at most 64 characters.
        remaining: calls that are left.
        resets_at: aware; when the window ends, as the network says.
        purpose: what the limited calls are made for.
        most: calls of a whole window, if the network says so.
    """
    heard = _heard.get()
    if heard is not None:
        heard.append(Budget(bucket[:64], max(remaining, 0), resets_at, purpose, most))


@contextmanager
def listening(heard: list[Budget] | None = None) -> Iterator[list[Budget]]:
    """Collect what networks tell inside the ``with`` block, however it ends; in ``heard``."""
    heard = [] if heard is None else heard
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def latest(heard: Iterable[Budget]) -> list[Budget]:
    """Return what was told last of each bucket."""
    return list({one.bucket: one for one in heard}.values())


def reading_pause(budgets: Iterable[Budget], now: datetime) -> float:
    """Return the seconds that reading waits before its next look: 0 when it need not.

    What is left to it is spread over the rest of the window; when nothing is, it waits for the
    next one.
    """
    pauses = [0.0]
    for one in budgets:
        seconds = (one.resets_at - now).total_seconds()
        if one.purpose is not Purpose.ANSWERING and seconds > 0:
            pauses.append(seconds / max(one.left_to_reading, 1))
    return max(pauses)


def is_spent(budgets: Iterable[Budget], now: datetime) -> bool:
    """Tell whether reading has to leave the network alone at ``now``."""
    return any(
        one.left_to_reading == 0
        for one in budgets
        if one.purpose is not Purpose.ANSWERING and one.resets_at > now
    )
