"""Column types: moments in UTC, and values as JSON text.

The same Python values come back from SQLite and PostgreSQL: an aware moment in UTC, and JSON with
dates and moments in it.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.exc import DontWrapMixin

from engine.errors import UnsuitableValueError

#: Row ids: 64 bits on PostgreSQL; SQLite's own row id, which is as wide.
Id = BigInteger().with_variant(Integer, "sqlite")

#: Deepest nesting. A variable may be 64 deep, and payloads hold variables.
DEEPEST = 80
#: A number of 19 digits or more; ids of posts are as long, but stand in quotes.
_MANY_DIGITS = re.compile(r"(?:^|[\[:,])-?\d{19}")
_MOMENT = "corral:datetime"
_DATE = "corral:date"


class _UnsuitableError(UnsuitableValueError, DontWrapMixin):
    """Passes through a statement as it is, instead of inside an error of SQLAlchemy."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: ``timestamptz`` on PostgreSQL, sortable text in UTC on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC. Raises ``ValueError`` for one without time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} carries no time zone; pass an aware datetime")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Payload(TypeDecorator[Any]):
    """A JSON value that may hold dates and moments, as text.

    Text, and not the database's own JSON type: nothing queries inside it, key order is kept, and
    both databases store the same bytes.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Return the text. Raises :class:`~engine.errors.UnsuitableValueError`."""
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return what the stored text stands for."""
        return None if value is None else decode(value)


def encode(value: Any) -> str:
    """Return ``value`` as JSON text in which dates and moments are marked.

    Raises:
        UnsuitableValueError: for a type that is neither, a number that is not finite or has more
            than 64 bits, a text that is no UTF-8, and what is nested too deep.
    """
    try:
        text = _written(value)
        if not text.isascii():
            text.encode()  # half of a surrogate pair is no UTF-8
    except (ValueError, RecursionError):
        raise _UnsuitableError(value) from None
    if _MANY_DIGITS.search(text) or text.count("[") + text.count("{") > DEEPEST:
        _check(value)
    return text


def _check(value: Any) -> None:
    """Refuse what no variable may hold: it would wait here until an instance chokes on it."""
    pending = [(value, 0)]
    while pending:
        found, depth = pending.pop()
        if depth > DEEPEST or (isinstance(found, int) and not -(2**63) <= found < 2**64):
            raise _UnsuitableError(found)
        if isinstance(found, dict):
            pending += [(item, depth + 1) for item in found.values()]
        elif isinstance(found, list | tuple):
            pending += [(item, depth + 1) for item in found]


def decode(text: str) -> Any:
    """Return the value that :func:`encode` was given."""
    # A walk over each object costs ten times the decoding; few payloads hold a date.
    if _MOMENT in text or _DATE in text:
        return json.loads(text, object_hook=_unmark)
    return msgspec.json.decode(text)


def _mark(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    raise _UnsuitableError(value)


#: Made once: with such options ``json.dumps`` makes an encoder for each value.
_written = json.JSONEncoder(
    default=_mark, ensure_ascii=False, separators=(",", ":"), allow_nan=False
).encode


def _unmark(found: dict[str, Any]) -> Any:
    if len(found) == 1:
        try:
            if _MOMENT in found:
                return datetime.fromisoformat(found[_MOMENT])
            if _DATE in found:
                return date.fromisoformat(found[_DATE])
        except (TypeError, ValueError):
            # Somebody else's dictionary that happens to bear our mark stays what it is.
            return found
    return found
