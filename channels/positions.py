"""What networks' files keep in the position of an account: where reading stopped, and since when.

A position is committed with each page, so it holds nothing but JSON; moments are ISO 8601.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

P = TypeVar("P")


def restored(kind: type[P], position: Mapping[str, Any], since: datetime) -> P:
    """Return what a position tells as a dataclass of a network, of which nothing is shared.

    What it does not tell is as at the first look, which begins at ``since``. What this version does
    not know is left out, so an upgrade or a way back reads on from where reading stopped.
    """
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    told = deepcopy({name: value for name, value in position.items() if name in known})
    return kind(**({"since": since.isoformat()} | told))


def is_due(last: str | None, now: datetime, pause: timedelta) -> bool:
    """Tell whether what was done ``last`` has to be done again; what never was, has to."""
    return last is None or now - datetime.fromisoformat(last) >= pause
