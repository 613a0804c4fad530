"""One look at a forum: what names us, what answers us, what was written to us in private.

Forums list all their posts by number, newest first: a look reads on until it meets what is known,
and hands out the oldest first. A number is given before a post can be seen, so the newest ones
are looked at once more. A search finds what lists do not show: older posts that were changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.errors import CallRefusedError
from channels.fields import days, number
from channels.model import Gap, Mention, OwnPost, Page, Skipped
from channels.networks.discourse.changes import changes
from channels.networks.discourse.forum import Told, Visit, said_in
from channels.networks.discourse.posts import (
    Brand,
    ForumPost,
    asked_for,
    mention_of,
    own_post_of,
    read,
    thread_of,
    titled,
)
from channels.networks.discourse.reviewed import let_through
from channels.positions import is_due, restored

#: Lists asked for in a row: what is behind them is told as a gap, and searched.
MOST_LISTS = 20
#: Older forums list the posts among so many numbers, however few of them can be seen.
WINDOW = 50
#: So many numbers before the newest are looked at once more.
AGAIN = 60
#: Posts of one page of ours. Each in private may need a question of its own.
PAGES = {"public": 100, "private": 20}
#: Posts that a search found, and of which all is asked for, at one look.
MOST_FOUND = 8
#: Conversations whose members need not name us again, and mentions whose changes are looked for.
FOLLOWED, WATCHED = 500, 100
#: Ids of found posts, and of first posts of private topics, that are kept.
KNOWN = 300
#: Between two looks at what changes slowly: a forum allows a key 60 calls a minute.
MESSAGES, TENDING = timedelta(seconds=30), timedelta(seconds=60)
_LISTS = {"public": ("/posts.json", "latest_posts"),
          "private": ("/private-posts.json", "private_posts")}  # fmt: skip


@dataclass(slots=True)
class Place:
    """Where reading stopped: the position of an account, as it is kept. Moments are ISO 8601."""

    since: str  #: posts before it are not wanted
    #: Highest number, of public and of private posts, that was looked at; and those near it.
    public: int | None = None
    private: int | None = None
    near: dict[str, list[int]] = field(default_factory=dict)
    read_at: str | None = None
    messages_at: str | None = None
    searched_at: str | None = None
    searched_from: str | None = None  #: nothing older needs to be searched
    searched_all: bool = True  #: whether the last search had nothing left
    tended_at: str | None = None
    followed: list[str] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    #: External id of the first post of private topics, by topic.
    firsts: dict[str, str] = field(default_factory=dict)
    #: External id and digest of mentions whose changes are looked for, and whose turn it is.
    watched: list[list[str]] = field(default_factory=list)
    turn: int = 0
    #: What somebody should know, though reading goes on; ``channels.polling`` shows it.
    notices: dict[str, str] = field(default_factory=dict)


class Look:
    """Reads what is new after a position."""

    def __init__(
        self, visit: Visit, brand: Brand, settings: Mapping[str, Any],
        after: Mapping[str, Any], now: datetime,
    ) -> None:  # fmt: skip
        """Take the settings of the account, its position, and the present in UTC."""
        self._visit = visit
        self._brand = brand
        self._now = now
        self._settings = settings
        self._place = restored(Place, after, now - days(settings.get("backlog_days"), 1.0))
        self._skipped: list[Skipped] = []

    def pages(self) -> Iterator[Page]:
        """Yield pages, oldest first. Raises what calling the forum raises."""
        yield from self._listed("public")
        if self._settings.get("messages", True) and self._due("messages_at", MESSAGES):
            self._place.messages_at = self._now.isoformat()
            try:
                self._place.notices.pop("messages", None)
                yield from self._listed("private", always=True)
            except CallRefusedError as error:
                # What is written in public is read all the same.
                self._place.notices["messages"] = (
                    f"The forum does not show the private messages: {said_in(error)} Let the "
                    "member have them, or switch them off in the settings."
                )
                yield self._page()
        yield from self._searched()
        if self._due("tended_at", TENDING):
            self._place.tended_at = self._now.isoformat()
            edits, gone = changes(self._visit, self._place)
            yield self._page(edits=tuple(edits), deletions=tuple(gone))

    # ---- lists

    def _listed(self, kind: str, *, always: bool = False) -> Iterator[Page]:
        """Yield pages of what is new on a list; ``always`` one, so that the moment is kept."""
        posts, gap = self._gathered(kind)
        self._moved(kind, [one for one in posts if one.at < self._since()])
        posts = [one for one in posts if one.at >= self._since()]
        many = PAGES[kind]
        for begin in range(0, max(len(posts), 1), many):
            some = posts[begin : begin + many]
            mentions, own = self._sorted_out(some)
            own = let_through(self._visit, self._brand.member, own, some)
            self._moved(kind, some)
            if mentions or own or gap or self._skipped or always:
                yield self._page(mentions=tuple(mentions), own_posts=tuple(own), gap=gap)
            gap = None
        self._place.read_at = self._now.isoformat()

    def _gathered(self, kind: str) -> tuple[list[ForumPost], Gap | None]:
        """Return the posts that were not looked at before, oldest first, and what is missing."""
        known = set(self._place.near.get(kind, ()))
        last: int | None = getattr(self._place, kind)
        bottom = max(last - AGAIN, 0) if last is not None else 0
        found: dict[int, ForumPost] = {}
        before: int | None = None
        for _ in range(MOST_LISTS):
            posts = self._read(self._visit.listed(*_LISTS[kind], before), private=kind == "private")
            ids = [one.id for one in posts if before is None or one.id < before]
            found |= {one.id: one for one in posts if one.id > bottom and one.id not in known}
            oldest = min(posts, key=lambda one: one.id).at if posts else None
            if not ids and (last is None or before is None):
                break
            before = min(ids) if ids else (before or 0) - WINDOW + 1
            if before <= bottom + 1 or (last is None and oldest and oldest < self._since()):
                break
        else:
            return [found[id] for id in sorted(found)], self._gap(found)
        return [found[id] for id in sorted(found)], None

    def _gap(self, found: Mapping[int, ForumPost]) -> Gap:
        """Return what we did not read, and have it searched."""
        since = datetime.fromisoformat(self._place.read_at or self._place.since)
        until = min((one.at for one in found.values()), default=self._now)
        self._place.searched_from, self._place.searched_all = since.isoformat(), False
        why = (
            "More was written in the forum, while it was not read, than is read back. A search for "
            "the words of the account finds most of it."
        )
        return Gap(min(since, until), until, why)

    def _moved(self, kind: str, posts: list[ForumPost]) -> None:
        """Move the place behind posts."""
        if not posts:
            return
        last = max(posts[-1].id, getattr(self._place, kind) or 0)
        setattr(self._place, kind, last)
        near = {*self._place.near.get(kind, ()), *(one.id for one in posts)}
        self._place.near[kind] = sorted(id for id in near if id > last - AGAIN)

    # ---- search

    def _searched(self) -> Iterator[Page]:
        """Yield what a search finds beyond the lists, a few posts at a time."""
        minutes = number(self._settings.get("search_minutes"), 15.0)
        pause = timedelta(minutes=minutes) if self._place.searched_all else TENDING
        if not minutes or not self._brand.words or not self._due("searched_at", pause):
            return
        ids = self._found_ids()
        posts: list[ForumPost] = []
        for id in ids[:MOST_FOUND]:
            with suppress(CallRefusedError, ValueError):
                posts.append(titled(self._visit, asked_for(self._visit, id, private=False)))
        posts = sorted((one for one in posts if one.at >= self._since()), key=lambda one: one.at)
        mentions, _ = self._sorted_out(posts)
        self._place.found = [*self._place.found, *ids[:MOST_FOUND]][-KNOWN:]
        self._place.searched_at = self._now.isoformat()
        self._place.searched_all = len(ids) <= MOST_FOUND
        if self._place.searched_all:
            self._place.searched_from = self._place.searched_at
        yield self._page(mentions=tuple(mentions))

    def _found_ids(self) -> list[int]:
        last = self._place.searched_from or self._place.since
        # Forums search by whole days, in a zone of their own.
        day = (datetime.fromisoformat(last) - timedelta(days=1)).date()
        known = {int(id) for id, _ in self._place.watched if id.isdecimal()}
        known |= set(self._place.found)
        ids: dict[int, None] = {}
        for word in self._brand.words:
            phrase = word.replace('"', " ")
            query = f'"{phrase}" order:latest after:{day}'
            try:
                told = self._visit.get("/search.json", {"q": query}).get("posts")
            except CallRefusedError:
                continue  # forums refuse words that are too short
            found = told if isinstance(told, list) else []
            ids |= {one["id"]: None for one in found if isinstance(one.get("id"), int)}
        return sorted(ids.keys() - known)

    # ---- all of it

    def _read(self, posts: list[Told], *, private: bool) -> list[ForumPost]:
        found = []
        for told in posts:
            try:
                found.append(read(told, private=private))
            except ValueError as error:
                self._skipped.append(Skipped(len(self._skipped) + 1, str(error)))
        return found

    def _sorted_out(self, posts: list[ForumPost]) -> tuple[list[Mention], list[OwnPost]]:
        """Return the mentions, and the answers of ours, among posts; they are followed then."""
        mentions: list[Mention] = []
        own: list[OwnPost] = []
        for post in posts:
            first = self._first_of(post)
            if self._brand.wrote(post):
                own.append(own_post_of(post, self._answered_in(post), first))
            elif post.is_by_a_person and not post.is_gone and self._is_meant(post):
                mentions.append(mention_of(post, self._address, first))
                self._follow(post)
        return mentions, own

    def _is_meant(self, post: ForumPost) -> bool:
        followed = post.thread in self._place.followed
        return post.private or followed or self._brand.is_named_in(post)

    def _follow(self, post: ForumPost) -> None:
        threads = [one for one in self._place.followed if one != post.thread]
        self._place.followed = [*threads, post.thread][-FOLLOWED:]
        watched = [one for one in self._place.watched if one[0] != post.external_id]
        self._place.watched = [*watched, [post.external_id, post.digest]][-WATCHED:]

    def _answered_in(self, post: ForumPost) -> str:
        """Return the conversation that a post of our own goes on with."""
        if post.private or post.answers:
            return thread_of(post.topic, None if post.private else post.answers)
        here = [one for one in self._place.followed if one.startswith(f"{post.topic}:")]
        return here[-1] if here else post.thread

    def _first_of(self, post: ForumPost) -> str | None:
        """Return the first post of a private topic, if this is another: it may be a reply of ours.

        By it what follows is known to belong to the conversation that we took into private.
        """
        if not post.private or post.number == 1:
            return None
        key = str(post.topic)
        if key not in self._place.firsts:
            try:
                told = self._visit.get(f"/posts/by_number/{key}/1.json")
                first = read(told, private=True).external_id
            except (CallRefusedError, ValueError):
                return None
            self._place.firsts = dict([*self._place.firsts.items(), (key, first)][-KNOWN:])
        return self._place.firsts[key]

    def _page(self, **parts: Any) -> Page:
        skipped, self._skipped = tuple(self._skipped), []
        self._visit.refresh()
        return Page(position=asdict(self._place), skipped=skipped, **parts)

    @property
    def _address(self) -> str:
        return str(self._settings.get("server"))

    def _since(self) -> datetime:
        return datetime.fromisoformat(self._place.since)

    def _due(self, what: str, pause: timedelta) -> bool:
        return is_due(getattr(self._place, what), self._now, pause)
