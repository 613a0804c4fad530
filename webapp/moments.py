"""Moments that a person typed: a browser tells them without a zone, as the person reads them."""

from __future__ import annotations

from datetime import UTC, datetime

from webapp.filters import zone


def typed(text: str) -> datetime:
    """Return the moment in UTC that ``text`` writes, in the zone of the person who asks.

    Raises:
        ValueError: it is none, or lies outside the years 1 to 9999.
    """
    local = datetime.fromisoformat(text)
    try:
        return (local if local.tzinfo else local.replace(tzinfo=zone())).astimezone(UTC)
    except OverflowError:
        raise ValueError("a moment outside of what can be stored") from None
