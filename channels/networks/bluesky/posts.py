"""What the network says, in our words. Nothing is relied on: records are written by anybody.

A post is named by its address, ``at://did/collection/key``; people by their ``did``, which stays
when their handle changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.model import Author, Mention, OwnPost
from channels.moments import moment_of

POST = "app.bsky.feed.post"
REPOST = "app.bsky.feed.repost"
#: A post, a record or a person as the server tells of them.
Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """A post as a list shows it."""

    uri: str
    cid: str  #: digest of its words: another one when they were changed
    at: datetime  #: UTC, by which the network sorts it
    author: Told
    record: Told


def seen_of(told: Any) -> Seen:
    """Return the post that a notification, or a view of a post, is about.

    Raises:
        ValueError: it is something else.
    """
    post, record, author = (
        _mapping(told),
        _mapping(told).get("record"),
        _mapping(told).get("author"),
    )
    uri = post.get("uri")
    if not isinstance(uri, str) or did_of(uri) is None:
        raise ValueError("Has no address.")
    if not isinstance(record, Mapping) or not isinstance(author, Mapping):
        raise ValueError(f"{uri[:200]} has no record or no author.")
    return Seen(uri, str(post.get("cid") or ""), moment_of(post.get("indexedAt")), author, record)


def did_of(uri: str) -> str | None:
    """Return who wrote the post at an address; None for something that is no address."""
    scheme, _, rest = uri.partition("://")
    did = rest.partition("/")[0]
    return did if scheme == "at" and did.startswith("did:") else None


def parent_of(record: Told) -> str | None:
    """Return the address of the post that a post answers."""
    return _address(_mapping(record.get("reply")).get("parent"))


def root_of(record: Told) -> str | None:
    """Return the address of the first post of the thread that a post is in."""
    return _address(_mapping(record.get("reply")).get("root"))


def author_of(told: Told, reach: int = 0) -> Author:
    """Return an author.

    Raises:
        ValueError: they have no id.
    """
    did = told.get("did")
    if not isinstance(did, str) or not did:
        raise ValueError("Has no author.")
    return Author(
        did, str(told.get("handle") or did), str(told.get("displayName") or "") or None, reach
    )


def mention_of(post: Seen, thread: str, reach: int = 0) -> Mention:
    """Return the mention that a post by somebody else is.

    Raises:
        ValueError: it has no author.
    """
    did, _, key = post.uri.removeprefix("at://").partition(f"/{POST}/")
    return Mention(
        external_id=post.uri,
        author=author_of(post.author, reach),
        text=words_of(post.record),
        created_at=post.at,
        thread=thread,
        in_reply_to=parent_of(post.record),
        url=f"https://bsky.app/profile/{did}/post/{key}",
        quotes=_quoted(post.record),
    )


def repost_of(post: Seen, reach: int = 0) -> Mention | None:
    """Return what tells that somebody spread a post without a word; None for all else."""
    spread = _address(post.record.get("subject"))
    if f"/{REPOST}/" not in post.uri or spread is None or not post.author.get("did"):
        return None
    return Mention(
        post.uri, author_of(post.author, reach), "", post.at, thread=spread, reposts=spread
    )


def own_post_of(post: Seen, thread: str, handle: str) -> OwnPost:
    """Return the answer that a post of our own account is."""
    return OwnPost(
        post.uri, words_of(post.record), post.at, thread, parent_of(post.record), author=handle
    )


def words_of(record: Told) -> str:
    """Return the text of a post: its words with whole links, and what is attached to it."""
    parts = [_with_whole_links(record), *_attached(_mapping(record.get("embed")))]
    return "\n\n".join(part for part in parts if part)


def _with_whole_links(record: Told) -> str:
    """Return the words with the addresses behind links that were shortened to be shown."""
    text = record.get("text")
    if not isinstance(text, str):
        return ""
    encoded = text.encode("utf-8", "replace")
    for begin, end, uri in sorted(_links(record), reverse=True):
        shown = encoded[begin:end].decode("utf-8", "replace")
        if 0 <= begin < end <= len(encoded) and shown.endswith(("...", "…")):
            encoded = encoded[:begin] + uri.encode() + encoded[end:]
    return encoded.decode("utf-8", "replace").strip()


def _links(record: Told) -> Iterator[tuple[int, int, str]]:
    facets = record.get("facets")
    for facet in facets if isinstance(facets, list) else ():
        place, features = _mapping(_mapping(facet).get("index")), _mapping(facet).get("features")
        begin, end = place.get("byteStart"), place.get("byteEnd")
        if type(begin) is not int or type(end) is not int or not isinstance(features, list):
            continue
        for feature in features:
            if isinstance(uri := _mapping(feature).get("uri"), str):
                yield begin, end, uri


def _attached(embed: Told) -> Iterator[str]:
    """Yield a line for each picture, film or link that is attached."""
    media = _mapping(embed.get("media"))
    if media:
        yield from _attached(media)
    images = embed.get("images")
    for image in images if isinstance(images, list) else ():
        alt = str(_mapping(image).get("alt") or "").strip()
        yield f"[image: {alt}]" if alt else "[image]"
    if "video" in embed:
        alt = str(embed.get("alt") or "").strip()
        yield f"[video: {alt}]" if alt else "[video]"
    external = _mapping(embed.get("external"))
    if isinstance(uri := external.get("uri"), str):
        yield f"[link: {external.get('title')}] {uri}" if external.get("title") else f"[link] {uri}"


def _quoted(record: Told) -> str | None:
    embed = _mapping(record.get("embed"))
    quoted = _mapping(embed.get("record"))
    return _address(quoted) or _address(_mapping(quoted.get("record")))


def _address(told: Any) -> str | None:
    uri = _mapping(told).get("uri")
    return uri if isinstance(uri, str) and did_of(uri) else None


def _mapping(told: Any) -> Told:
    return told if isinstance(told, Mapping) else {}
