"""Workspaces: one client brand each; every row belongs to one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: The workspace there is when nobody says which.
DEFAULT_WORKSPACE = "default"

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Workspace:
    """One client brand: its channels, processes, people and data."""

    id: int
    key: str  #: lower case, for addresses and commands
    name: str  #: for people
    zone: str = "UTC"  #: IANA name of the zone its people read times in


def check_key(key: str) -> None:
    """Raise ``ValueError`` unless ``key`` is 1 to 64 of ``a-z 0-9 _ -`` and starts with no sign."""
    if not _KEY.fullmatch(key):
        raise ValueError(
            f"{key!r} is not a workspace key. Use up to 64 lower-case letters, digits, - and _."
        )


def check_zone(zone: str) -> None:
    """Raise ``ValueError`` unless ``zone`` is in the time zone data of this machine."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{zone!r} is not a time zone. Use an IANA name such as 'Europe/Vienna' or 'UTC'."
        ) from None
