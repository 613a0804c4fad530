"""Moments as servers of networks write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


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
