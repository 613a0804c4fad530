"""When mentions usually come in, and whether a silence is longer than usual.

An account has its own hours: a bank's are those of offices, a game's the evening and the weekend.
Of each of the 168 hours of a week it is kept in how many weeks something came in; how much does not
count, so that one storm does not make the hours after it look empty. A silence is unusual once it
is as unlikely as :data:`UNLIKELY` that every hour of it brought nothing, by those weeks.

An hour never counts as quite certain, and a week that was seen weighs a little less than it did:
habits change. Before a first week nothing is known, and no silence is unusual. All hours are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

#: How unlikely a silence has to be.
UNLIKELY = 0.001
#: An hour that always brought something may bring nothing for once, as on a holiday.
SUREST = 0.95
#: Weeks after which the older half of what was seen counts half.
WEEKS = 8
#: Hours of a silence that are looked at. Whoever was silent for longer is silent.
LONGEST = 24 * 7 * WEEKS

_HOUR = 3_600
_WEEK = 168
#: Clocks of networks may be ahead of ours by so much.
_AHEAD = timedelta(hours=1)


def learned(
    rhythm: Mapping[str, Any] | None, moments: Iterable[datetime], now: datetime
) -> dict[str, Any] | None:
    """Return the rhythm with mentions of these moments in it; None when it says the same.

    Moments are UTC and in order, by the network's clock. Of the past of an account that is read
    for the first time its rhythm is learned at once.
    """
    since: int = rhythm["since"] if rhythm else -1
    last: int = rhythm["last"] if rhythm else -1
    hits: dict[str, float] = dict(rhythm["hits"]) if rhythm else {}
    hours = [_hour(each) for each in moments if each <= now + _AHEAD]
    news = sorted({hour for hour in hours if hour > last})
    if not news:
        return None
    for hour in news:
        slot = str(hour % _WEEK)
        hits[slot] = hits.get(slot, 0) + 1
    since = news[0] if since < 0 else since
    while (news[-1] - since) // _WEEK >= WEEKS:
        hits = {slot: seen / 2 for slot, seen in hits.items() if seen >= 0.25}
        since = news[-1] - (news[-1] - since) // 2
    return {"since": since, "last": news[-1], "hits": hits}


def silent_hours(
    rhythm: Mapping[str, Any] | None, last: datetime | None, now: datetime
) -> int | None:
    """Return for how many hours an account has been silent, if that is unusual for it; else None.

    Args:
        rhythm: what :func:`learned` returned.
        last: UTC; when a mention came in last.
        now: UTC, the present.
    """
    if rhythm is None or last is None:
        return None
    first, present = _hour(last) + 1, _hour(now)
    weeks = (present - rhythm["since"]) / _WEEK
    if weeks < 1:
        return None
    hits: Mapping[str, float] = rhythm["hits"]
    likely = 1.0
    for hour in range(first, min(present, first + LONGEST)):
        likely *= 1 - min(hits.get(str(hour % _WEEK), 0) / (weeks + 1), SUREST)
        if likely < UNLIKELY:
            return int((now - last).total_seconds()) // _HOUR
    return None


def lasting(hours: int) -> str:
    """Return hours as people say them: ``"5 hours"``, ``"3 days"``."""
    count, word = (hours, "hour") if hours < 48 else (hours // 24, "day")
    return f"{count} {word}{'' if count == 1 else 's'}"


def _hour(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp()) // _HOUR
