"""The body of a call, read strictly: what is missing or wrong is told to whoever sent it.

What we do not know in ``data`` is passed over, so that a system may tell more than we read. The
form is described for people, with a JSON Schema, in ``docs/channels/webhook.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from channels.errors import NotUnderstoodError
from channels.model import Author, Edit, Mention, Page
from channels.moments import is_likely

#: Characters of an id, a name or an address; of a text.
LONGEST_ID, LONGEST_TEXT = 200, 100_000
#: A moment that is further ahead of us than this is none: clocks differ, but not by so much.
_AHEAD = timedelta(minutes=5)


def page_of(body: bytes, at: datetime) -> Page:
    """Return what a call that came ``at`` brings.

    Raises:
        NotUnderstoodError: it is not what it should be; the text says where.
    """
    try:
        whole = json.loads(body)
    except (ValueError, RecursionError):
        raise NotUnderstoodError("The body is no JSON.") from None
    if not isinstance(whole, dict):
        raise NotUnderstoodError("The body is no JSON object.")
    call = _Part(whole, "", at)
    kind = call.text("type")
    told_at = call.moment("timestamp")
    data = call.part("data")
    if kind == "mention.created":
        return Page(mentions=(_mention(data, told_at),))
    if kind == "mention.edited":
        edited_at = data.moment("edited_at", otherwise=told_at)
        text = data.text("text", longest=LONGEST_TEXT)
        return Page(edits=(Edit(data.text("id"), text, edited_at),))
    if kind == "mention.deleted":
        return Page(deletions=(data.text("id"),))
    raise NotUnderstoodError(
        f"type is {kind[:60]!r}; we know mention.created, mention.edited and mention.deleted."
    )


def _mention(data: _Part, told_at: datetime) -> Mention:
    id = data.text("id")
    author = data.part("author")
    author_id = author.text("id")
    name = author.text_or_none("name")
    return Mention(
        external_id=id,
        author=Author(
            external_id=author_id,
            handle=author.text_or_none("handle") or name or author_id,
            name=name,
            reach=author.number("reach"),
            email=author.text_or_none("email"),
        ),
        text=data.text("text", longest=LONGEST_TEXT),
        created_at=data.moment("created_at", otherwise=told_at),
        thread=data.text_or_none("conversation") or data.text_or_none("in_reply_to") or id,
        in_reply_to=data.text_or_none("in_reply_to"),
        private=data.flag("private"),
        url=data.address("url"),
    )


class _Part:
    """An object of the body. Each method returns one of its values, or says what is wrong."""

    def __init__(self, values: Mapping[str, Any], where: str, at: datetime) -> None:
        self._values, self._where, self._at = values, where, at

    def part(self, name: str) -> _Part:
        value = self._values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "is no object")
        return _Part(value, f"{self._where}{name}.", self._at)

    def text(self, name: str, *, longest: int = LONGEST_ID) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self._wrong(name, "is missing, or no text")
        if len(value) > longest:
            raise self._wrong(name, f"has more than {longest} characters")
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self._values.get(name) in (None, "") else self.text(name)

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        if value is not None and type(value) is not bool:
            raise self._wrong(name, "is neither true nor false")
        return value is True

    def number(self, name: str) -> int:
        value = self._values.get(name)
        if value is None:
            return 0
        if type(value) is not int or not 0 <= value < 2**31:
            raise self._wrong(name, "is no whole number from 0 to 2147483647")
        return value

    def address(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is None:
            return None
        try:
            good = isinstance(value, str) and urlsplit(value).scheme in ("http", "https")
        except ValueError:
            good = False
        if not good or len(value) > 10 * LONGEST_ID:
            raise self._wrong(name, "is no address")
        return str(value)

    def moment(self, name: str, *, otherwise: datetime | None = None) -> datetime:
        value = self._values.get(name)
        if value is None and otherwise is not None:
            return otherwise
        try:
            told = datetime.fromisoformat(value if isinstance(value, str) else "")
            moment = told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
            if not is_likely(min(moment, self._at)):
                raise ValueError("of no year")
        except (ValueError, OverflowError):
            why = "is no moment: write it as 2026-03-02T09:00:00Z"
            raise self._wrong(name, why) from None
        return min(moment, self._at + _AHEAD)

    def _wrong(self, name: str, why: str) -> NotUnderstoodError:
        return NotUnderstoodError(f"{self._where}{name} {why}.")
