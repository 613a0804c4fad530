"""What we write: the record of a reply, and the key under which it stands in our repository.

Key and record follow from the reply alone. Whoever sends it a second time writes the same under
the same key, which changes nothing; whoever looks for it knows where.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.media import GIF, PICTURES, Allowed, MediaRules
from channels.model import Reply
from channels.networks.bluesky.posts import POST

#: Letters of a key, in the order in which keys are sorted.
_LETTERS = "234567abcdefghijklmnopqrstuvwxyz"
#: Length of a post: what people take for a character; and bytes, ten for each of them.
GRAPHEMES, BYTES_EACH = 300, 10
#: Length of a direct message, counted in the same way.
MESSAGE_GRAPHEMES = 1_000
#: Bytes of a picture: since spring 2026; before, and on servers of that time, half as many.
LARGEST_PICTURE = 2_000_000
PICTURES_OF_A_POST = MediaRules(
    (Allowed("pictures", PICTURES | {GIF}, most=4, largest=LARGEST_PICTURE),)
)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_PERSON = re.compile(
    r"(?:(?<=[\s(])|^)@([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,})", re.IGNORECASE
)
_TAG = re.compile(r"(?:(?<=\s)|^)[#\uff03]([^\s#\uff03]{1,64})")
_ENDS = ".,;:!?\"'"


def length_of(text: str) -> int:
    """Return the length of a text against :data:`GRAPHEMES`, whichever of the two limits is met."""
    # It takes a while to import, and processes that measure nothing need it not.
    import grapheme

    return max(int(grapheme.length(text)), math.ceil(len(_bytes(text)) / BYTES_EACH))


def key_of(reply: Reply) -> str:
    """Return the key of a reply: the second before it was written, and 30 bits of its own key.

    The network takes keys for moments, in microseconds with ten bits for whoever made them.
    """
    digest = hashlib.sha256(reply.idempotency_key.encode()).digest()
    number = int.from_bytes(digest[:8], "big")
    second = int(reply.created_at.timestamp()) - 1
    moment = second * 1_000_000 + number % 1_000_000
    value = moment << 10 | number >> 54
    return "".join(_LETTERS[value >> shift & 31] for shift in range(60, -1, -5))


def record_of(
    reply: Reply,
    *,
    root: Mapping[str, str],
    parent: Mapping[str, str],
    did_of: Callable[[str], str | None],
) -> dict[str, Any]:
    """Return the record of a reply.

    Args:
        reply: what is written.
        root: address and digest of the first post of the thread.
        parent: of the post that it answers.
        did_of: finds the id of a person by their handle; None when there is no such person.
    """
    at = max(reply.created_at, reply.send_at or reply.created_at).astimezone(UTC)
    record: dict[str, Any] = {
        "$type": POST,
        "text": reply.text,
        "createdAt": _written(at),
        "reply": {"root": dict(root), "parent": dict(parent)},
    }
    if facets := facets_of(reply.text, did_of):
        record["facets"] = facets
    return record


def facets_of(text: str, did_of: Callable[[str], str | None]) -> list[dict[str, Any]]:
    """Return what in a text is a link, a person or a tag; places are counted in UTF-8 bytes."""
    found: list[dict[str, Any]] = []
    last = 0
    for begin, end, kind, feature in sorted(_features(text, did_of), key=lambda one: one[:2]):
        place = {"byteStart": len(_bytes(text[:begin])), "byteEnd": len(_bytes(text[:end]))}
        if place["byteStart"] < last:
            continue  # a tag within a link
        last = place["byteEnd"]
        features = [{"$type": f"app.bsky.richtext.facet#{kind}", **feature}]
        found.append({"index": place, "features": features})
    return found


def _features(
    text: str, did_of: Callable[[str], str | None]
) -> Iterator[tuple[int, int, str, dict[str, str]]]:
    for match in _LINK.finditer(text):
        link = match[0].rstrip(_ENDS)
        if link.endswith(")") and "(" not in link:
            link = link.rstrip(")" + _ENDS)
        yield match.start(), match.start() + len(link), "link", {"uri": link}
    for match in _PERSON.finditer(text):
        if (did := did_of(match[1].lower())) is not None:
            yield match.start(), match.end(), "mention", {"did": did}
    for match in _TAG.finditer(text):
        tag = match[1].rstrip(_ENDS + ")")
        if tag and not tag.isdigit():
            yield match.start(), match.start() + 1 + len(tag), "tag", {"tag": tag}


def _written(at: datetime) -> str:
    at = at - timedelta(microseconds=at.microsecond % 1000)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
