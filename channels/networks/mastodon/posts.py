"""What a server says, in our words. Every server leaves something out: nothing is relied on.

Ids are texts of any shape. Authors are known by their full handle, ``name@server``: their number
differs from server to server, and several of our accounts may be on different ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from channels.html_text import text_of
from channels.model import Author, Edit, Mention, OwnPost
from channels.moments import moment_of
from channels.networks.mastodon.wording import full_handle

#: A post, an account or a notification as the server tells it.
Told = Mapping[str, Any]
#: Kinds of visibility that everybody can read; all others are private.
PUBLIC = frozenset({"public", "unlisted", "local"})
#: Ids that are sorted by their letters may contradict the clock by so much.
_DOUBT = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Dated:
    """Something a server told, with its id and when it was made (UTC, by the server's clock)."""

    id: str
    at: datetime
    told: Told


def dated(told: Any) -> Dated:
    """Return what a server told with its id and moment.

    Raises:
        ValueError: it has none, or is something else altogether.
    """
    if not isinstance(told, Mapping) or not told.get("id"):
        raise ValueError("Has no id.")
    at = told.get("created_at")
    if at is None and isinstance(post := told.get("status"), Mapping):
        at = post.get("created_at")  # a notification is as old as its post
    return Dated(str(told["id"]), moment_of(at), told)


def in_order(things: Iterable[Dated]) -> list[Dated]:
    """Return things oldest first, as the server would by its ids.

    Ids of numbers, ULIDs and the like sort by length, then letters. Where that contradicts the
    clock, the ids say nothing about order, and the clock decides.
    """
    by_id = sorted(things, key=lambda one: (len(one.id), one.id))
    if all(older.at - newer.at <= _DOUBT for older, newer in pairwise(by_id)):
        return by_id
    return sorted(by_id, key=lambda one: one.at)


def author_of(account: Any, domain: str) -> Author:
    """Return the author that an account of the server is.

    Raises:
        ValueError: it has no name.
    """
    if not isinstance(account, Mapping) or not account.get("acct"):
        raise ValueError("Has no author.")
    handle = full_handle(str(account["acct"]), domain)
    followers = account.get("followers_count")
    return Author(
        external_id=handle.lower(),
        handle=handle,
        name=str(account.get("display_name") or account.get("username") or "") or None,
        reach=max(followers, 0) if isinstance(followers, int) else 0,
    )


def mention_of(post: Dated, thread: str, domain: str, *, ours: str) -> Mention:
    """Return the mention that a post by somebody else is; ``ours`` is the id of our account.

    Raises:
        ValueError: it has no author.
    """
    told = post.told
    account = told.get("account")
    robot = isinstance(account, Mapping) and account.get("bot") is True
    return Mention(
        external_id=post.id,
        author=author_of(told.get("account"), domain),
        text=words_of(told),
        created_at=post.at,
        thread=thread,
        in_reply_to=parent_of(told),
        private=is_private(told),
        url=_text(told.get("url")) or _text(told.get("uri")),
        quotes=_quoted(told),
        # Robots that answer our answers would do so for ever.
        automatic=robot and _text(told.get("in_reply_to_account_id")) == ours,
    )


def boost_of(notification: Dated, domain: str) -> Mention | None:
    """Return what tells that somebody spread a post without a word; None if the post is gone.

    Raises:
        ValueError: it has no author.
    """
    post = notification.told.get("status")
    spread = _text(post.get("id")) if isinstance(post, Mapping) else None
    if spread is None:
        return None
    return Mention(
        external_id=f"reblog-{notification.id}",
        author=author_of(notification.told.get("account"), domain),
        text="",
        created_at=notification.at,
        thread=spread,
        reposts=spread,
    )


def own_post_of(post: Dated, thread: str, handle: str) -> OwnPost:
    """Return the answer that a post of our own account is."""
    told = post.told
    return OwnPost(
        post.id, words_of(told), post.at, thread, parent_of(told), is_private(told), handle
    )


def edit_of(post: Dated) -> Edit:
    """Return what a post says by now.

    Raises:
        ValueError: the server does not say when it was changed.
    """
    return Edit(post.id, words_of(post.told), moment_of(post.told.get("edited_at")))


def words_of(told: Told) -> str:
    """Return the text of a post: its warning, its words, and where its pictures are."""
    parts = [_text(told.get("spoiler_text")), text_of(str(told.get("content") or ""))]
    media = told.get("media_attachments")
    if isinstance(media, list):
        parts += [_shown(one) for one in media if isinstance(one, Mapping)]
    return "\n\n".join(part for part in parts if part)


def parent_of(told: Told) -> str | None:
    """Return the id of the post that a post answers."""
    return _text(told.get("in_reply_to_id"))


def is_private(told: Told) -> bool:
    """Tell whether only some people can read a post."""
    return str(told.get("visibility") or "public") not in PUBLIC


def edited_at(told: Told) -> str | None:
    """Return when a post was changed, as the server writes it."""
    return _text(told.get("edited_at"))


def account_id_of(told: Told) -> str | None:
    """Return the server's id of who wrote a post."""
    account = told.get("account")
    return _text(account.get("id")) if isinstance(account, Mapping) else None


def each_dated(told: Any, skip: Callable[[str], None]) -> list[Dated]:
    """Return the things of a list in order; ``skip`` is told why one is left out."""
    found = []
    for one in told if isinstance(told, list) else ():
        try:
            found.append(dated(one))
        except ValueError as error:
            skip(str(error))
    return in_order(found)


def _quoted(told: Told) -> str | None:
    """Return the id of the post that is quoted; servers tell it in different ways."""
    quote = told.get("quote")
    if isinstance(quote, Mapping):
        inner = quote.get("quoted_status", quote)
        named = inner.get("id") if isinstance(inner, Mapping) else None
        return _text(named) or _text(quote.get("quoted_status_id"))
    return _text(told.get("quote_id"))


def _shown(media: Told) -> str | None:
    where = _text(media.get("url")) or _text(media.get("remote_url"))
    if where is None:
        return None
    kind = _text(media.get("type")) or "file"
    about = _text(media.get("description"))
    return f"[{kind}: {about}] {where}" if about else f"[{kind}] {where}"


def _text(told: Any) -> str | None:
    """Return what a server told as text; None for nothing."""
    if told is None or isinstance(told, Mapping | list):
        return None
    return str(told).strip() or None
