"""Facebook Pages: comments on posts of the Page, posts left with it, and messages to it.

What is the same on Instagram is in :mod:`channels.graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from channels.errors import ChannelRefusedError
from channels.graph.dialect import Dialect
from channels.graph.faults import UnreadableError
from channels.graph.network import GraphNetwork, fields_of
from channels.graph.posts import Comment, Me, Post, Told, author_of, is_me, mapped, what_is
from channels.graph.server import SILENCE, Server
from channels.moments import moment_of

ADDRESS = "https://graph.facebook.com"
#: Posts, and comments, asked for at once; and pages of posts.
MANY, PAGES = 100, 5
_POSTS = (
    "id,created_time,updated_time,message,from{id,name},permalink_url,"
    "comments.limit(0).filter(stream).summary(true){id}"
)
_COMMENTS = (
    "id,message,created_time,from{id,name},parent{id,from{id},parent{id,from{id}}},can_comment,"
    "permalink_url,attachment{type}"
)


class FacebookDialect(Dialect):
    """How a Page is read and answered."""

    title = "Facebook"
    platform = "messenger"
    answers = "comments"
    comment_limit = 8_000
    message_limit = 2_000
    message_fields = ("sticker",)
    flat = True

    def ask_me(self, server: Server) -> Me:
        """Return the Page whose token it is."""
        try:
            told = server.get("me", fields="id,name,username,category")
        except UnreadableError as error:
            # People have none, and asking for it is refused.
            if "category" not in str(error):
                raise
            told = {}
        if not told.get("category"):
            raise ChannelRefusedError(
                "The access token belongs to no Page. Give the token of the Page itself."
            )
        return Me(str(told["id"]), str(told.get("username") or ""), str(told.get("name") or ""))

    def posts(self, server: Server, since: datetime) -> Iterator[Post]:
        """Yield posts of the Page, and those that others left with it, the newest first."""
        me = self.me(server)
        for page in server.pages("me/feed", PAGES, limit=MANY, fields=_POSTS):
            for told in page:
                post = _post(told, me)
                if post.at < since:
                    return
                yield post

    def comments(self, server: Server, post: Post, most: int) -> Iterator[list[Comment]]:
        """Yield all comments on a post, the newest first, answers to others among them."""
        visitor = post.mention is not None
        yield from self._listed(server, post.id, most, post.id if visitor else None)

    def top_of(self, server: Server, id: str) -> str:
        """Return the first comment above one, or itself; of a post, the post."""
        if self._is_post(server, id):
            return id
        parent = mapped(server.get(id, fields="parent{id,parent{id}}").get("parent"))
        above = mapped(parent.get("parent"))
        return str(above.get("id") or parent.get("id") or id)

    def answers_to(self, server: Server, top: str, most: int) -> Iterator[list[Comment]]:
        """Yield what is below a comment or post, the newest first."""
        yield from self._listed(server, top, most, top)

    def recipient(self, server: Server, id: str) -> Told:
        """Return how the author of a comment, or of a post left with us, is written to."""
        return {"post_id" if self._is_post(server, id) else "comment_id": id}

    def author(self, server: Server, id: str) -> str | None:
        """Return who wrote a comment or post."""
        return mapped(server.get(id, fields="from{id}").get("from")).get("id")

    def measure_message(self, text: str) -> int:
        """Return the characters of ``text``."""
        return len(text)

    def comment_in(self, change: Told) -> tuple[str, str, str | None] | None:
        """Return what a change of the Page's feed is about."""
        value = mapped(change.get("value"))
        id = value.get("comment_id" if value.get("item") == "comment" else "post_id")
        if change.get("field") != "feed" or not id:
            return None
        text = value.get("message")
        return str(value.get("verb")), str(id), str(text) if text else None

    def _listed(
        self, server: Server, id: str, most: int, top: str | None
    ) -> Iterator[list[Comment]]:
        me = self.me(server)
        asked = {"filter": "stream", "order": "reverse_chronological", "limit": MANY}
        for page in server.pages(f"{id}/comments", most, fields=_COMMENTS, **asked):
            yield [_comment(told, me, top) for told in page]

    def _is_post(self, server: Server, id: str) -> bool:
        return id.startswith(f"{self.me(server).id}_")


def _post(told: Told, me: Me) -> Post:
    id, at = str(told.get("id")), moment_of(told.get("created_time"))
    count = mapped(mapped(told.get("comments")).get("summary")).get("total_count")
    many = count if type(count) is int else 0
    mention = None
    if told.get("from") and not is_me(mapped(told["from"]), me):
        mention = Comment(
            id, author_of(told["from"], id), False, str(told.get("message") or "[post]"), at, id,
            url=told.get("permalink_url"),
        )  # fmt: skip
    stamp = f"{told.get('updated_time')} {many}"
    return Post(id, at, stamp, many, told.get("permalink_url"), mention)


def _comment(told: Told, me: Me, top: str | None) -> Comment:
    """Return a comment; ``top`` is what all comments of the list belong to, if anything is."""
    id = str(told.get("id"))
    author = author_of(told.get("from"), id)
    ours = author.external_id == me.id
    parent = mapped(told.get("parent"))
    first = mapped(parent.get("parent")) or parent
    text = str(told.get("message") or "") or what_is(told.get("attachment"))
    return Comment(
        id, author, ours, text, moment_of(told.get("created_time")),
        top or str(first.get("id") or id),
        top_ours=top is None and is_me(mapped(first.get("from")), me),
        parent=str(parent["id"]) if parent.get("id") else top,
        answerable=told.get("can_comment") is not False, url=told.get("permalink_url"),
    )  # fmt: skip


class Facebook(GraphNetwork):
    """Facebook Pages."""

    name = "facebook"
    title = "Facebook Page"
    fields = fields_of("Of the Page, that does not expire", ADDRESS)

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, silence: float = SILENCE
    ) -> None:
        """Take the clock, which returns the present in UTC, and seconds it may be silent."""
        spoken = FacebookDialect()
        super().__init__(lambda _: spoken, ADDRESS, now, silence=silence)


channel = Facebook
