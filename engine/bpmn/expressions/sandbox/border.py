r"""Values to JSON and back, with dates, times and durations, which JSON has not.

Each is ``{"\0": [type, ISO text]}``: no variable has a key like that by accident. A moment without
a zone stays one. Times and durations have no place in variables: they come out as their ISO text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

TAG = "\0"
_ESCAPED_TAG = "\\u0000"
#: JavaScript cuts texts between the two halves of a character, and writes a half like this.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
#: Figures of a whole number from which on it may need more than 64 bits.
_LONG = 19
_ZONE = re.compile(r"@([\w/+-]+)$")
#: Digits of a second that Python keeps.
_FRACTION = re.compile(r"(\.\d{6})\d+")


def outgoing(value: Any) -> str:
    """Return ``value`` as JSON. Raises ``TypeError`` for what no variable can hold."""
    return json.dumps(value, default=_tagged, check_circular=False)


def incoming(text: str) -> Any:
    """Return the value of JSON from the sandbox.

    Raises:
        ValueError: a text in it ends in the middle of a character, so that nobody could store it.
    """
    if _HALF.search(text):
        try:
            json.dumps(json.loads(text), ensure_ascii=False).encode()
        except UnicodeEncodeError as failure:
            raise ValueError("it gives a text that ends in the middle of a character") from failure
    if _ESCAPED_TAG in text:
        return json.loads(text, object_hook=_untagged, parse_int=_whole)
    return json.loads(text, parse_int=_whole)


def moment_text(moment: datetime) -> str:
    """Return ``moment`` as FEEL reads it."""
    zone = moment.tzinfo
    if isinstance(zone, ZoneInfo) and zone.key != "UTC":
        return f"{moment.replace(tzinfo=None).isoformat()}@{zone.key}"
    return moment.isoformat()


def as_text(value: Any) -> Any:
    """Return a value with dates, moments, times and durations as ISO 8601 texts."""
    if isinstance(value, datetime):
        return re.sub(r"\+00:00$", "Z", moment_text(value))  # as FEEL writes it
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, Mapping):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value]
    return value


def duration_text(value: timedelta) -> str:
    """Return a duration as ISO 8601: ``"P1DT2H"``, ``"-PT30M"``."""
    whole = abs(value)
    minutes, seconds = divmod(whole.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{whole.microseconds:06}".rstrip("0") if whole.microseconds else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{whole.days}D" if whole.days else ""
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}P{days}{'T' if clock else ''}{clock}" if days or clock else "PT0S"


def _whole(figures: str) -> int | float:
    # JavaScript writes 1e20 as a whole number; variables hold those of 64 bits.
    return int(figures) if len(figures) < _LONG else float(figures)


def _tagged(value: Any) -> Mapping[str, Any]:
    if isinstance(value, datetime):
        return {TAG: ["moment", moment_text(value)]}
    if isinstance(value, date):
        return {TAG: ["date", value.isoformat()]}
    if isinstance(value, time):
        return {TAG: ["time", value.isoformat()]}
    if isinstance(value, timedelta):
        return {TAG: ["duration", duration_text(value)]}
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"A value of type {type(value).__name__} cannot be kept.")


def _untagged(found: dict[str, Any]) -> Any:
    tagged = found.get(TAG)
    if tagged is None:
        return found
    kind, text = tagged
    if kind in ("time", "duration"):
        return text
    try:
        return date.fromisoformat(text) if kind == "date" else _moment(text)
    except ValueError:
        return text  # a year that Python does not have


def _moment(text: str) -> datetime:
    text = _FRACTION.sub(r"\1", text)
    zone = _ZONE.search(text)
    if zone is None:
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(text[: zone.start()]).replace(tzinfo=ZoneInfo(zone.group(1)))
