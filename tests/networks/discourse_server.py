"""A stand-in for a forum that runs Discourse: members, topics, posts, and the rules for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any

from tests.networks.stand_in import Heard, StandIn, Told

KEY, MEMBER = "key-of-acme", "acme"
NO_KEY = "You are not permitted to view the requested resource. The API username or key is invalid."
#: Seconds within which the same call is answered as before, and the same words are refused.
SAME_CALL, SAME_WORDS = 120, 300
LISTED, SHORTEST = 50, 5


@dataclass
class Topic:
    id: int
    title: str
    private: bool = False
    members: tuple[str, ...] = ()
    closed: bool = False
    numbers: int = 0


@dataclass
class Post:
    id: int
    topic: Topic
    number: int
    author: str
    raw: str
    at: datetime
    to: int | None = None
    changed_at: datetime | None = None
    deleted: bool = False  #: as people see it who are no moderators
    emptied: bool = False  #: by its author, a day before it is deleted
    hidden_from_lists: bool = False


@dataclass
class Forum(StandIn):
    """The forum. ``old`` lists the posts among fifty numbers, as versions before 2025 did."""

    now: Callable[[], datetime]
    old: bool = False
    moderated: bool = False
    tells_names: bool = True
    topics: dict[int, Topic] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    pending: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[tuple[Topic, str, int | None]] = field(default_factory=list)
    queued: int = 0  #: how many posts had to wait so far
    notices: list[dict[str, Any]] = field(default_factory=list)
    same: dict[str, tuple[datetime, Told]] = field(default_factory=dict)
    staff: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    # ---- what people do

    def topic(self, title: str, *, members: tuple[str, ...] = (), **more: Any) -> Topic:
        id = len(self.topics) + 500
        self.topics[id] = Topic(id, title, bool(members), members, **more)
        return self.topics[id]

    def approve(self, raw: str | None = None, *, at: int = 0) -> Post:
        """Have a moderator let through what waits, the longest first, in other words if given."""
        self.pending.pop(at)
        topic, said, number = self.waiting.pop(at)
        post = self._posted(topic, raw or said, number)
        notice = {"notification_type": 20, "topic_id": topic.id, "post_number": post.number}
        self.notices.insert(0, notice | {"created_at": _stamp(self.now()), "read": False})
        return post

    def reject(self) -> None:
        """Have a moderator refuse what waits longest."""
        self.pending.pop(0)
        self.waiting.pop(0)

    def post(
        self, topic: Topic, author: str, raw: str, *, to: Post | None = None, id: int | None = None,
        at: datetime | None = None, **more: Any,
    ) -> Post:  # fmt: skip
        with self.lock:
            topic.numbers += 1
            id = id or max(self.posts, default=0) + 1
            number = to.number if to and to.number > 1 else None
            post = Post(id, topic, topic.numbers, author, raw, at or self.now(), number, **more)
            self.posts[id] = post
            return post

    def edits(self, post: Post, raw: str) -> None:
        post.raw, post.changed_at = raw, self.now()

    def by_us(self) -> list[Post]:
        return [one for one in self.posts.values() if one.author == MEMBER]

    # ---- calls

    def too_many(self, *, bare: bool) -> Told:
        extras = {} if bare else {"extras": {"wait_seconds": 90, "time_left": "90 seconds"}}
        said = {"errors": ["You've done this too many times."], "error_type": "rate_limit"}
        return Told(429, said | extras)

    def answer(self, call: Heard) -> Told:
        if (call.headers.get("Api-Key"), call.headers.get("Api-Username")) != (KEY, MEMBER):
            return _refusal(403, NO_KEY)
        path = call.path
        if (call.method, path) == ("POST", "/posts.json"):
            return self._created(json.loads(call.body))
        if path == "/session/current.json":
            return Told(200, {"current_user": {"id": 7, "username": MEMBER}})
        if path in ("/posts.json", "/private-posts.json"):
            return self._listed(call.one("before"), private=path == "/private-posts.json")
        if path == "/search.json":
            return self._found(call.one("q") or "")
        if path == "/notifications.json":
            other = {"notification_type": 2, "topic_id": 500, "post_number": 1}
            return Told(200, {"notifications": [other, *self.notices]})
        if path == f"/posts/{MEMBER}/pending.json":
            return Told(200, {"pending_posts": self.pending})
        if named := re.fullmatch(r"/posts/by_number/(\d+)/(\d+)\.json", path):
            return self._shown(
                lambda one: (one.topic.id, one.number) == (int(named[1]), int(named[2]))
            )
        if named := re.fullmatch(r"/posts/(\d+)\.json", path):
            return self._shown(lambda one: one.id == int(named[1]))
        if named := re.fullmatch(r"/t/(\d+)(/posts)?\.json", path):
            return self._topic(int(named[1]), call.query.get("post_ids[]"))
        return _refusal(404, "The requested URL or resource could not be found.")

    def told(self, post: Post, *, listed: bool = False) -> dict[str, Any]:
        over = next((one for one in self.posts.values()
                     if one.topic is post.topic and one.number == post.to), None)  # fmt: skip
        raw = "(post deleted by author)" if post.emptied else post.raw
        told = {
            "id": post.id, "username": post.author, "name": post.author.title(), "raw": raw,
            "user_id": -1 if post.author == "system" else sum(map(ord, post.author)),
            "created_at": _stamp(post.at), "updated_at": _stamp(post.changed_at or post.at),
            "cooked": _cooked(raw), "post_number": post.number, "post_type": 1,
            "topic_id": post.topic.id, "topic_slug": _slug(post.topic.title),
            "reply_to_post_number": post.to, "user_deleted": post.emptied,
        }  # fmt: skip
        if over is not None and self.tells_names:
            told["reply_to_user"] = {"username": over.author}
        return told | ({"topic_title": post.topic.title} if listed else {})

    def _listed(self, before: str | None, *, private: bool) -> Told:
        ids = [one.id for one in self.posts.values()]
        top = int(before or 0) or max(ids, default=0) + (0 if self.old else 1)
        there = [one for one in self.posts.values() if self._is_listed(one, private=private)]
        if self.old:
            some = [one for one in there if top - LISTED < one.id <= top]
        else:
            some = sorted([one for one in there if one.id < top], key=lambda one: -one.id)[:LISTED]
        some.sort(key=lambda one: -one.id)
        name = "private_posts" if private else "latest_posts"
        return Told(200, {name: [self.told(one, listed=True) for one in some]})

    def _is_listed(self, post: Post, *, private: bool) -> bool:
        seen = not post.topic.private or MEMBER in post.topic.members
        there = not post.deleted and not post.hidden_from_lists
        return post.topic.private == private and seen and there

    def _found(self, query: str) -> Told:
        phrase = re.search(r'"([^"]+)"', query)
        after = re.search(r"after:(\S+)", query)
        assert phrase
        assert after
        if len(phrase[1]) < 3:
            return _refusal(400, "Your search term is too short.")
        day = datetime.fromisoformat(after[1]).date()
        found = [
            {"id": one.id, "username": one.author, "blurb": one.raw[:50],
             "topic_id": one.topic.id, "post_number": one.number, "created_at": _stamp(one.at)}
            for one in self.posts.values()
            if phrase[1].lower() in f"{one.raw} {one.topic.title}".lower()
            and one.at.date() >= day and self._is_listed(one, private=False)
        ]  # fmt: skip
        return Told(200, {"posts": found[-LISTED:], "topics": []})

    def _shown(self, is_meant: Callable[[Post], bool]) -> Told:
        found = [one for one in self.posts.values() if is_meant(one) and not one.deleted]
        if not found:
            return _refusal(404, "The requested URL or resource could not be found.")
        return Told(200, self.told(found[0]))

    def _topic(self, id: int, ids: list[str] | None) -> Told:
        if id not in self.topics:
            return _refusal(404, "The requested URL or resource could not be found.")
        here = [one for one in self.posts.values() if one.topic.id == id and not one.deleted]
        some = here[:20] if ids is None else [one for one in here if str(one.id) in ids]
        stream = {"posts": [self.told(one) for one in some], "stream": [one.id for one in here]}
        users = [{"username": name} for name in self.topics[id].members]
        return Told(200, {"id": id, "title": self.topics[id].title, "post_stream": stream,
                          "details": {"allowed_users": users}})  # fmt: skip

    def _created(self, told: dict[str, Any]) -> Told:
        key = json.dumps(told, sort_keys=True)
        if key in self.same and (self.now() - self.same[key][0]).total_seconds() < SAME_CALL:
            return self.same[key][1]
        answer = self._taken(told)
        self.same[key] = (self.now(), answer)
        return answer

    def _taken(self, told: dict[str, Any]) -> Told:
        raw = str(told["raw"]).strip()
        since = self.now() - timedelta(seconds=SAME_WORDS)
        if len(raw) < SHORTEST:
            return _refusal(422, "Body is too short (minimum is 5 characters)")
        if not self.staff and any(one.raw == raw and one.at > since for one in self.by_us()):
            return _refusal(422, "Body is too similar to what you recently posted")
        if told.get("archetype") == "private_message":
            topic = self.topic(told["title"], members=(MEMBER, told["target_recipients"]))
        else:
            topic = self.topics[told["topic_id"]]
        if topic.closed:
            return _refusal(403, "You are not permitted to view the requested resource.")
        if self.moderated:
            self.queued += 1
            waits = {"id": self.queued + 899, "raw_text": raw, "topic_id": topic.id,
                     "created_at": _stamp(self.now())}  # fmt: skip
            self.pending.append(waits)
            self.waiting.append((topic, raw, told.get("reply_to_post_number")))
            return Told(200, {"success": True, "action": "enqueued", "pending_post": waits})
        return Told(200, self.told(self._posted(topic, raw, told.get("reply_to_post_number"))))

    def _posted(self, topic: Topic, raw: str, number: int | None) -> Post:
        over = next((p for p in self.posts.values()
                     if p.topic is topic and p.number == number), None)  # fmt: skip
        return self.post(topic, MEMBER, raw, to=over)


def _refusal(status: int, said: str) -> Told:
    kinds = {403: "invalid_access", 404: "not_found"}
    return Told(status, {"errors": [said], "error_type": kinds.get(status, "")})


def _cooked(raw: str) -> str:
    quoted = re.sub(
        r'\[quote="(\w+)[^\]]*\](.*?)\[/quote\]',
        lambda m: f'<aside class="quote"><div class="title"><img alt="" class="avatar"> {m[1]}:'
        f"</div><blockquote><p>{m[2].strip()}</p></blockquote></aside>",
        escape(raw, quote=False), flags=re.DOTALL,
    )  # fmt: skip
    return f"<p>{quoted}</p>"


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-") or "-"


def _stamp(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S.000Z}"
