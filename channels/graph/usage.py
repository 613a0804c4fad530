"""What Meta says is left to us, with every answer, in shares of a hundred.

Meta counts calls, and the time they take, over the last hour, and tells how much of it is used up.
Up to half of it nothing needs to be said. Beyond that reading slows down, and at three quarters it
rests for some minutes: the hour rolls on meanwhile, and the rest is for answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from channels import budgets

#: The share of a hundred from which it is told.
TOLD_FROM = 50
#: So long what was told is taken for true; then Meta is asked again, and tells anew.
ROLLS = timedelta(minutes=10)
_MEASURES = ("call_count", "total_time", "total_cputime")


def heed(headers: Mapping[str, str]) -> None:
    """Tell :mod:`channels.budgets` what an answer says about how much is used up."""
    now = _date(headers)
    for bucket, used, wait in _used(headers):
        if used >= TOLD_FROM:
            until = now + (timedelta(minutes=wait) if wait else ROLLS)
            budgets.told(bucket, remaining=100 - used, resets_at=until, most=100)


def wait_in(headers: Mapping[str, str]) -> float | None:
    """Return the seconds after which Meta lets us call again, if it says so."""
    longest = max((wait for _, _, wait in _used(headers)), default=0)
    return longest * 60.0 or None


def _used(headers: Mapping[str, str]) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each limit, its share of a hundred that is used, and minutes to wait."""
    app = _json(headers.get("x-app-usage"))
    if isinstance(app, Mapping):
        yield "app", _share(app), 0
    cases = _json(headers.get("x-business-use-case-usage"))
    for told in cases.values() if isinstance(cases, Mapping) else ():
        for one in told if isinstance(told, list) else ():
            if isinstance(one, Mapping):
                wait = one.get("estimated_time_to_regain_access")
                name = str(one.get("type") or "calls")
                yield name, _share(one), wait if type(wait) is int and wait > 0 else 0


def _share(told: Mapping[str, Any]) -> int:
    shares = [told.get(name) for name in _MEASURES]
    return int(max((one for one in shares if isinstance(one, int | float)), default=0))


def _json(told: str | None) -> Any:
    with suppress(ValueError, RecursionError):
        return json.loads(told or "")
    return None


def _date(headers: Mapping[str, str]) -> datetime:
    with suppress(ValueError, TypeError):
        told = parsedate_to_datetime(headers.get("date", ""))
        return told if told.tzinfo else told.replace(tzinfo=UTC)
    return datetime.now(UTC)
