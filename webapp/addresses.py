"""What stands in the address of a page, read without trust: anybody can type anything there."""

from __future__ import annotations

from datetime import UTC, datetime

from webapp.api.paging import LARGEST_ID

_LONGEST_ID = len(str(LARGEST_ID))


def row_id(text: str) -> int:
    """Return the id of a row that ``text`` writes.

    Raises:
        ValueError: it is no number, or one that no row can have. ``type=row_id`` of a Werkzeug
            dictionary takes that for an absent value.
    """
    if not text.isdecimal() or len(text) > _LONGEST_ID or int(text) > LARGEST_ID:
        raise ValueError("not the id of a row")
    return int(text)


def row_ids(text: str) -> list[int]:
    """Return the ids in ``"4,7"``, without what is none."""
    found = []
    for part in text.split(","):
        try:
            found.append(row_id(part))
        except ValueError:
            continue
    return found


def moment(text: str) -> datetime:
    """Return the moment in UTC that ``text`` writes in ISO 8601, with its offset.

    Raises:
        ValueError: it is none, bears no offset, or lies outside the years 1 to 9999.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without an offset")
    try:
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment outside of what can be stored") from None
