r"""Values to JSON and back, with dates, times and durations, which JSON has not.

Each is ``{"\0": [type, ISO text]}``: no variable has a key like that, and none is let through. A
moment without a zone stays one. Times and durations have no place in variables: they come out as
their ISO text, and so does a date with a year or a zone that Python does not know. What comes from
the sandbox was made by texts of uploads, so nothing in it is taken for granted.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

TAG = "\0"
_ESCAPED_TAG = "\\u0000"
_WRITTEN_TAG = f'"{_ESCAPED_TAG}":'
_KINDS = frozenset({"date", "moment", "time", "duration"})
#: JavaScript cuts texts between the two halves of a character, and writes a half like this.
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
#: Figures of a whole number from which on it may need more than 64 bits.
_LONG = 19
_ZONE = re.compile(r"@([\w/+-]+)$")
#: Types of which :func:`as_text` changes nothing.
_AS_THEY_ARE = frozenset({str, int, float, bool, type(None)})
#: Digits of a second that Python keeps.
_FRACTION = re.compile(r"(\.\d{6})\d+")


def outgoing(value: Any) -> str:
    """Return ``value`` as JSON.

    Raises:
        TypeError: something in it has no place in a variable.
        ValueError: it is nested too deep, is not finite, or has a key that looks like one of ours.
    """
    try:
        text = json.dumps(value, default=_tagged, check_circular=False, allow_nan=False)
    except RecursionError as failure:
        raise ValueError("a value that it is given is nested too deep") from failure
    except ValueError as failure:
        raise ValueError("a number that it is given is not finite") from failure
    if _WRITTEN_TAG in text and _has_tag(value):
        raise ValueError("a value that it is given has a key that no variable can have")
    return text


def incoming(text: str, *, as_texts: bool = False) -> Any:
    """Return the value of JSON from the sandbox.

    Args:
        text: of the answer.
        as_texts: dates and moments stay ISO 8601 texts.

    Raises:
        ValueError: nobody could store it: a text in it ends in the middle of a character, or it is
            nested too deep.
    """
    try:
        if _HALF.search(text):
            json.dumps(json.loads(text), ensure_ascii=False).encode()
        if _ESCAPED_TAG in text:
            hook = _text_of if as_texts else _untagged
            return json.loads(text, object_hook=hook, parse_int=_whole)
        return json.loads(text, parse_int=_whole)
    except UnicodeEncodeError as failure:
        raise ValueError("it gives a text that ends in the middle of a character") from failure
    except RecursionError as failure:
        raise ValueError("it gives a value that is nested too deep") from failure


def moment_text(moment: datetime) -> str:
    """Return ``moment`` as FEEL reads it."""
    zone = moment.tzinfo
    if isinstance(zone, ZoneInfo) and zone.key != "UTC":
        return f"{moment.replace(tzinfo=None).isoformat()}@{zone.key}"
    return moment.isoformat()


def as_text(value: Any) -> Any:
    """Return a value with dates, moments, times and durations as ISO 8601 texts."""
    if type(value) in _AS_THEY_ARE:
        return value
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


def _has_tag(value: Any) -> bool:
    rest = [value]
    while rest:
        part = rest.pop()
        if isinstance(part, Mapping):
            if TAG in part:
                return True
            rest.extend(part.values())
        elif isinstance(part, list | tuple):
            rest.extend(part)
    return False


def _tag_of(found: dict[str, Any]) -> tuple[str, str] | None:
    """Return the kind and the text of what is one of our tags; None for any other object."""
    tag = found.get(TAG)
    if len(found) != 1 or not isinstance(tag, list) or len(tag) != 2:
        return None
    kind, text = tag
    well_formed = isinstance(kind, str) and isinstance(text, str) and kind in _KINDS
    return (kind, text) if well_formed else None


def _text_of(found: dict[str, Any]) -> Any:
    tag = _tag_of(found)
    return found if tag is None else tag[1]


def _untagged(found: dict[str, Any]) -> Any:
    tag = _tag_of(found)
    if tag is None:
        return found
    kind, text = tag
    try:
        if kind == "moment":
            return _moment(text)
        return date.fromisoformat(text) if kind == "date" else text
    except ValueError:
        return text  # a year or a zone that Python does not have


def _moment(text: str) -> datetime:
    text = _FRACTION.sub(r"\1", text)
    zone = _ZONE.search(text)
    if zone is None:
        return datetime.fromisoformat(text)
    if zone[1] not in _zones():  # asked first: ZoneInfo opens the file of any name
        raise ValueError(text)
    return datetime.fromisoformat(text[: zone.start()]).replace(tzinfo=ZoneInfo(zone[1]))


@functools.cache
def _zones() -> frozenset[str]:
    """Return the zones that Python knows; finding them out takes some 25 ms, once."""
    return frozenset(available_timezones())
