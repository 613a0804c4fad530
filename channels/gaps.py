"""Mentions that a network will not show us any more, kept until somebody knows of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from channels.model import Gap

#: A gap as an account keeps it: moments as text, and who acknowledged it.
Kept = Mapping[str, Any]


def with_gap(kept: Kept | None, gap: Gap) -> dict[str, Any] | None:
    """Return what is kept once there is another gap; None when it is known.

    Two gaps nobody has looked at become one. One that somebody acknowledged is over, also when
    the page that told of it comes again.
    """
    since, until = gap.since, gap.until
    if kept is not None and kept.get("acknowledged_by"):
        if until <= datetime.fromisoformat(kept["until"]):
            return None
    elif kept is not None:
        since = min(since, datetime.fromisoformat(kept["since"]))
        until = max(until, datetime.fromisoformat(kept["until"]))
    anew = {"since": since.isoformat(), "until": until.isoformat(), "why": gap.why}
    return None if anew == kept else anew


def open_gap(kept: Kept | None) -> Gap | None:
    """Return the gap that is to be shown, if any."""
    if kept is None or kept.get("acknowledged_by"):
        return None
    since, until = (datetime.fromisoformat(kept[name]) for name in ("since", "until"))
    return Gap(since, until, kept["why"])
