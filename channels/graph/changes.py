"""What became of comments after they were read: other words, or gone.

There is no feed of it, and webhooks may be switched off. Comments that are read again for another
reason are compared with what they said; those of quiet posts are looked at by turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from channels.errors import CallRefusedError
from channels.graph.comments import Seen
from channels.graph.faults import is_gone
from channels.graph.place import Place, digest
from channels.graph.posts import Post
from channels.graph.server import Server
from channels.model import Edit

#: Comments that are missing from a list, and are asked for one by one.
ONE_BY_ONE = 5


def edits_in(place: Place, seen: Seen, now: datetime) -> list[Edit]:
    """Return which watched comments say something else, and note what they say now.

    The networks do not tell when: it is the moment, UTC, at which it was seen.
    """
    texts = {one.id: one.text for one in seen.comments}
    edits = []
    for number, one in enumerate(place.watched):
        text = texts.get(one.id)
        if text is not None and (anew := digest(text)) != one.digest:
            edits.append(Edit(one.id, text, now))
            place.watched[number] = replace(one, digest=anew)
    return edits


def gone_from(server: Server, place: Place, post: Post, seen: Seen) -> list[str]:
    """Return which watched comments of a post are certainly gone.

    Those that are missing from its list are not watched any more, a few at a time.
    """
    there = {one.id for one in seen.comments}
    since = 0 if seen.since is None else int(seen.since.timestamp()) + 1
    missing = [
        one.id
        for one in place.watched
        if one.post == post.id and one.id not in there and one.at >= since
    ]
    asked = missing[:ONE_BY_ONE]
    # One that is there, and not listed, would be asked for again and again.
    place.watched = [one for one in place.watched if one.id not in asked]
    return [id for id in asked if _is_gone(server, id)]


def gone_with_posts(server: Server, place: Place, posts: Sequence[Post]) -> list[str]:
    """Return which watched comments are gone of posts that are listed no more.

    A few at a time; those that were looked at are not watched any more.
    """
    listed = {post.id for post in posts}
    left = [one.id for one in place.watched if one.post not in listed][:ONE_BY_ONE]
    place.watched = [one for one in place.watched if one.id not in left]
    return [id for id in left if _is_gone(server, id)]


def by_turn(place: Place, posts: Sequence[Post], many: int) -> list[Post]:
    """Return the posts whose turn it is to be looked at again: those with watched comments."""
    watched = {one.post for one in place.watched}
    candidates = [post for post in posts if post.id in watched]
    if not candidates:
        return []
    begin = place.turn % len(candidates)
    place.turn = (begin + many) % len(candidates)
    return (candidates[begin:] + candidates[:begin])[:many]


def _is_gone(server: Server, id: str) -> bool:
    try:
        server.get(id, fields="id")
    except CallRefusedError as error:
        return is_gone(error)
    return False
