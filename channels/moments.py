"""Moments as servers of networks write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

#: By so much our clock and that of a server may differ when a reply of ours is looked for there.
DOUBT = timedelta(minutes=10)


def is_likely(at: datetime) -> bool:
    """Tell whether anything can have happened, or be meant to, at a moment.

    Programs that know no moment tell the first of their calendar, and a page that shows such a one
    in another zone would leave the calendar altogether.
    """
    return 1990 <= at.year < 2100


def moment_of(told: Any) -> datetime:
    """Return a moment as a server writes it (ISO 8601; without a zone it means UTC), in UTC.

    Raises:
        ValueError: it is none.
    """
    try:
        at = datetime.fromisoformat(str(told))
    except ValueError:
        raise ValueError(f"Has no moment but {str(told)[:40]!r}.") from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
