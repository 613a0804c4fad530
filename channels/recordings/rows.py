"""One post as a file tells it, before threads and accounts are known, and how its time is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


@dataclass(frozen=True, slots=True)
class Row:
    """One post of a recording."""

    line: int  #: where the file tells it; what a number means is up to the format
    external_id: str
    author_id: str
    author: str  #: handle, without ``@``
    own: bool  #: written by an account of ours
    at: datetime  #: UTC
    text: str
    parent: str | None = None  #: external id of the post it answers
    thread: str | None = None  #: None when it has to be found by following ``parent``
    account: str | None = None  #: handle of ours; None when it has to be found in the thread
    name: str | None = None
    reach: int = 0
    private: bool = False
    url: str | None = None


def moment(text: str) -> datetime:
    """Return the moment a recording names, in UTC.

    Args:
        text: ISO 8601 with an offset or ``Z`` (``2020-04-01T17:31:32.000Z``), or the manner of
            the old Twitter API (``Tue Oct 31 22:10:47 +0000 2017``).

    Raises:
        ValueError: it is neither, or names no time zone.
    """
    parts = text.split()
    # ``strptime`` would read the month's name in the language of the machine.
    if len(parts) == 6 and parts[1] in _MONTHS:
        clock = f"{parts[5]}-{_MONTHS[parts[1]]:02}-{int(parts[2]):02}T{parts[3]}{parts[4]}"
        found = datetime.fromisoformat(clock)
    else:
        found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} names no time zone")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} lies outside the years that can be counted") from None


def storable(text: str) -> str:
    """Return ``text``. Raises ``ValueError`` for half characters, which no database takes."""
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("a text is not UTF-8")
    return text
