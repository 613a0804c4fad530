"""Pages with texts that every database takes: no NUL, no half of a character.

One post that cannot be stored would keep all that come after it out. Names are cut: they are
looked up by their letters, and nobody reads more of them.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

from channels.model import (
    Attachment,
    Author,
    Edit,
    Gap,
    Mention,
    OwnPost,
    Page,
    Remark,
    Undelivered,
)

_Part = TypeVar("_Part", Mention, Author, OwnPost, Edit, Gap, Remark, Attachment, Undelivered)

#: Characters of a name, a handle or an id of a person at most.
_LONGEST_NAME = 500


def storable(page: Page) -> Page:
    """Return the page with each of its texts made fit for a database."""
    return replace(
        page,
        mentions=tuple(
            replace(
                _cleaned(m),
                author=_cleaned(m.author, longest=_LONGEST_NAME),
                attachments=tuple(_cleaned(one, longest=_LONGEST_NAME) for one in m.attachments),
            )
            for m in page.mentions
        ),
        own_posts=tuple(map(_cleaned, page.own_posts)),
        edits=tuple(map(_cleaned, page.edits)),
        deletions=tuple(map(clean, page.deletions)),
        gap=_cleaned(page.gap) if page.gap else None,
        remarks=tuple(map(_cleaned, page.remarks)),
        undelivered=tuple(map(_cleaned, page.undelivered)),
    )


def _cleaned(part: _Part, *, longest: int | None = None) -> _Part:
    """Return a part of a page with each of its texts cleaned, and cut to so many characters."""
    texts: dict[str, Any] = {
        each.name: value
        for each in fields(part)
        if isinstance(value := getattr(part, each.name), str)
    }
    fit: dict[str, Any] = {name: clean(value)[:longest] for name, value in texts.items()}
    return part if fit == texts else replace(part, **fit)


def clean(text: str) -> str:
    """Return a text without NULs and halves of characters."""
    if "\x00" not in text and text.isascii():
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
