"""Instagram accounts of businesses: comments on their media, and messages to them.

Such an account is reached in one of two ways: through the Facebook Page it is linked to, or by a
log-in of Instagram itself, at another address. What is the same on Facebook is in
:mod:`channels.graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from channels.errors import ChannelRefusedError
from channels.fields import Field
from channels.graph.dialect import Dialect
from channels.graph.network import GraphNetwork, fields_of
from channels.graph.posts import Comment, Me, Post, Told, author_of, each, is_me, mapped
from channels.graph.server import SILENCE, Server
from channels.model import ChannelAccount
from channels.moments import moment_of

#: Where an account is reached through its Page, and where by a log-in of its own.
THROUGH_PAGE, BY_ITSELF = "https://graph.facebook.com", "https://graph.instagram.com"
#: Media, and comments, asked for at once; pages of media, and of answers to one comment.
MANY_MEDIA, MANY, PAGES, ANSWERS = 100, 50, 5, 40
_PLAIN = "id,text,timestamp,username,from{id,username},hidden,parent_id"
_COMMENTS = f"{_PLAIN},replies.limit({MANY}){{{_PLAIN}}}"


class InstagramDialect(Dialect):
    """How an account of a business is read and answered."""

    title = "Instagram"
    platform = "instagram"
    answers = "replies"
    comment_limit = 2_200
    message_limit = 1_000
    flat = False

    def __init__(self, *, through_page: bool) -> None:
        """Take whether the token is that of the Page to which the account is linked."""
        self._through_page = through_page

    def ask_me(self, server: Server) -> Me:
        """Return the account whose token it is, or that of the Page whose token it is."""
        if self._through_page:
            told = server.get("me", fields="instagram_business_account{id,username,name}")
            mine = mapped(told.get("instagram_business_account"))
        else:
            mine = server.get("me", fields="user_id,username,name")
        id = mine.get("user_id") or mine.get("id")
        if not id or not mine.get("username"):
            raise ChannelRefusedError(
                "The access token leads to no Instagram account of a business. Link the account to "
                "the Page, or say that the token is its own."
            )
        return Me(str(id), str(mine["username"]), str(mine.get("name") or ""))

    def posts(self, server: Server, since: datetime) -> Iterator[Post]:
        """Yield the media of the account, the newest first."""
        asked = {"limit": MANY_MEDIA, "fields": "id,timestamp,comments_count,permalink"}
        for page in server.pages(f"{self.me(server).id}/media", PAGES, **asked):
            for told in page:
                at = moment_of(told.get("timestamp"))
                if at < since:
                    return
                count = told.get("comments_count")
                many = count if type(count) is int else 0
                yield Post(str(told.get("id")), at, str(many), many, told.get("permalink"))

    def comments(self, server: Server, post: Post, most: int) -> Iterator[list[Comment]]:
        """Yield comments on a medium, each with its answers, by age of the former."""
        me = self.me(server)
        asked = {"limit": MANY, "fields": _COMMENTS}
        for page in server.pages(f"{post.id}/comments", most, **asked):
            found: list[Comment] = []
            for told in page:
                comment = _comment(told, me, None, post.url)
                found.append(comment)
                below = each(mapped(told.get("replies")).get("data"))
                found += [_comment(one, me, comment, post.url) for one in below]
                if mapped(mapped(told.get("replies")).get("paging")).get("next"):
                    found += self._rest(server, comment, post.url)
            yield sorted(found, key=lambda one: one.at, reverse=True)

    def top_of(self, server: Server, id: str) -> str:
        """Return the comment below which an answer to a comment is put."""
        return str(server.get(id, fields="parent_id").get("parent_id") or id)

    def answers_to(self, server: Server, top: str, most: int) -> Iterator[list[Comment]]:
        """Yield the answers to a comment."""
        me = self.me(server)
        for page in server.pages(f"{top}/replies", most, limit=MANY, fields=_PLAIN):
            found = [_comment(told, me, None, None) for told in page]
            yield [replace(one, top=top, parent=one.parent or top) for one in found]

    def recipient(self, server: Server, id: str) -> Told:
        """Return how the author of a comment is written to."""
        return {"comment_id": id}

    def author(self, server: Server, id: str) -> str | None:
        """Return who wrote a comment."""
        return mapped(server.get(id, fields="from{id}").get("from")).get("id")

    def measure_message(self, text: str) -> int:
        """Return the bytes of ``text``: messages are measured by them."""
        return len(text.encode("utf-8", "replace"))

    def comment_in(self, change: Told) -> tuple[str, str, str | None] | None:
        """Return which comment is new: of nothing else webhooks of Instagram tell."""
        value = mapped(change.get("value"))
        if change.get("field") not in ("comments", "live_comments") or not value.get("id"):
            return None
        return "add", str(value["id"]), str(value.get("text") or "") or None

    def _rest(self, server: Server, comment: Comment, url: str | None) -> list[Comment]:
        """Return all answers to a comment that has more than come with it."""
        pages = self.answers_to(server, comment.id, ANSWERS)
        return [replace(one, top_ours=comment.ours, url=url) for page in pages for one in page]


def _comment(told: Told, me: Me, above: Comment | None, url: str | None) -> Comment:
    """Return a comment; ``above`` is the one it answers."""
    id = str(told.get("id"))
    # Some come with the name of their author alone.
    named = {"id": told.get("username"), "username": told.get("username")}
    who = mapped(told.get("from")) or named
    parent = above.id if above else str(told.get("parent_id") or "") or None
    return Comment(
        id, author_of(who, id), is_me(who, me), str(told.get("text") or "") or "[picture]",
        moment_of(told.get("timestamp")), parent or id, top_ours=above is not None and above.ours,
        parent=parent, answerable=told.get("hidden") is not True, url=url,
    )  # fmt: skip


class Instagram(GraphNetwork):
    """Instagram accounts of businesses."""

    name = "instagram"
    title = "Instagram"
    fields = (
        *fields_of("Of the Page that the account is linked to, or of the account", THROUGH_PAGE),
        Field("token_of", "The token belongs to", "With a token of the account itself the address "
              f"is {BY_ITSELF}", default="page", choices=("page", "account")),
    )  # fmt: skip

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, silence: float = SILENCE
    ) -> None:
        """Take the clock, which returns the present in UTC, and seconds it may be silent."""
        through_page = InstagramDialect(through_page=True)
        by_itself = InstagramDialect(through_page=False)

        def spoken(account: ChannelAccount) -> Dialect:
            own = account.settings.get("token_of") == "account"
            return by_itself if own else through_page

        super().__init__(spoken, THROUGH_PAGE, now, silence=silence)


channel = Instagram
