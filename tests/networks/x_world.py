"""What a stand-in for X knows: people, posts and messages, and the rules by which it takes them."""

from __future__ import annotations

import base64
import html
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

ME, HANDLE = "100", "acme"
#: Mentions that are listed at most, however many there are.
REACH = 800
_EPOCH, _BITS = 1_288_834_974_657, 22
_NAMED = re.compile(r"@(\w{1,15})")
_LINKS = re.compile(r"https?://\S+")


class RefusedError(Exception):
    """X says no."""

    def __init__(self, status: int, detail: str, kind: str = "about:blank", **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.problem = {"type": kind, "title": "No", "detail": detail, "status": status, **more}


@dataclass(frozen=True)
class Post:
    id: int
    author: str
    text: str  #: as it is shown: links are short, and the names it answers come first
    conversation: int
    refers: tuple[tuple[str, int], ...] = ()
    links: tuple[tuple[str, str], ...] = ()  #: short and whole
    history: tuple[int, ...] = ()
    in_reply_to_user: str | None = None
    note: str | None = None
    files: tuple[dict[str, Any], ...] = ()

    def told(self) -> dict[str, Any]:
        named = [
            {"start": m.start(), "end": m.end(), "username": m[1]}
            for m in _NAMED.finditer(self.text)
        ]
        urls = [
            {"start": self.text.find(short), "end": self.text.find(short) + len(short),
             "url": short, "expanded_url": whole, "display_url": whole[8:30]}
            for short, whole in self.links
        ]  # fmt: skip
        entities = {k: v for k, v in (("mentions", named), ("urls", urls)) if v}
        told = {
            "id": str(self.id),
            "author_id": self.author,
            "text": html.escape(self.text, quote=False),
            "created_at": moment_of(self.id).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
            "conversation_id": str(self.conversation),
            "edit_history_tweet_ids": [str(one) for one in (*self.history, self.id)],
        }
        if entities:
            told["entities"] = entities
        if self.refers:
            told["referenced_tweets"] = [{"type": kind, "id": str(id)} for kind, id in self.refers]
        if self.in_reply_to_user:
            told["in_reply_to_user_id"] = self.in_reply_to_user
        if self.note:
            told["note_tweet"] = {"text": self.note}
        return told


@dataclass(frozen=True)
class Message:
    id: int
    sender: str
    conversation: str
    text: str

    def told(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "event_type": "MessageCreate",
            "sender_id": self.sender,
            "dm_conversation_id": self.conversation,
            "text": self.text,
            "created_at": moment_of(self.id).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
        }


@dataclass
class Shelf:
    """Files that X was given and no post names yet."""

    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: How often somebody has to ask until a film is ready, and what becomes of it then.
    slow: int = 0
    ends: str = "succeeded"
    #: Seconds after which to ask again.
    wait: int = 1

    def answer(self, method: str, path: str, query: dict[str, str], body: dict[str, Any]) -> Any:
        if path == "/2/media/metadata":
            self.files[body["id"]]["alt"] = body["metadata"]["alt_text"]["text"]
            return {"data": {"id": body["id"], "associated_metadata": body["metadata"]}}
        if method == "GET":
            return self._told(query["media_id"])
        if path == "/2/media/upload":
            content = base64.b64decode(body["media"], validate=True)
            if content.startswith(b"\x89PNG") != (body["media_type"] == "image/png"):
                raise RefusedError(400, "The media type does not match.")
            return self._told(self._new(body, content))
        if path == "/2/media/upload/initialize":
            return self._told(self._new(body, b""))
        id, does = path.split("/")[-2:]
        file = self.files[id]
        if does == "append":
            file["pieces"][int(body["segment_index"])] = base64.b64decode(body["media"])
            return {"data": {"expires_at": 1_900_000_000}, "meta": {}}
        file["content"] = b"".join(part for _, part in sorted(file["pieces"].items()))
        if len(file["content"]) != file["total"]:
            raise RefusedError(400, "Segments do not add up to provided total file size.")
        file["asks"] = self.slow
        return self._told(id)

    def named(self, ids: list[str]) -> list[dict[str, Any]]:
        """Return files that a post names, which is so once."""
        found = [self.files.get(id) for id in ids]
        if any(one is None or one["used"] or one["asks"] > 0 for one in found):
            raise RefusedError(400, "Your media IDs are invalid.")
        for one in found:
            one["used"] = True  # type: ignore[index]
        return [one for one in found if one is not None]

    def _new(self, body: dict[str, Any], content: bytes) -> str:
        id = str(7_000 + len(self.files))
        self.files[id] = {
            "category": body["media_category"], "content": content, "alt": None, "asks": 0,
            "pieces": {}, "total": body.get("total_bytes"), "used": False,
        }  # fmt: skip
        return id

    def _told(self, id: str) -> Any:
        file = self.files[id]
        data: dict[str, Any] = {"id": id, "media_key": f"3_{id}", "expires_after_secs": 86_400}
        if file["pieces"] and self.slow:
            file["asks"] -= 1
            state = "in_progress" if file["asks"] > 0 else self.ends
            data["processing_info"] = {"type": "x", "state": state, "check_after_secs": self.wait}
        return {"data": data, "meta": {}}


@dataclass
class World:
    """Safe to use from several threads."""

    now: Callable[[], datetime]
    enterprise: bool = False
    #: Ids of people who take no messages from us.
    closed: set[str] = field(default_factory=set)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    #: Bodies of what we asked to have posted, whether or not it was.
    asked: list[dict[str, Any]] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)
    media: Shelf = field(default_factory=Shelf)
    _last: int = 0

    def __post_init__(self) -> None:
        self.person(HANDLE, ME)

    def person(self, handle: str, id: str | None = None) -> str:
        """Return the id of a person, who is born when first named."""
        for user in self.users.values():
            if user["username"] == handle:
                return str(user["id"])
        id = id or str(200 + len(self.users))
        counts = {"followers_count": 7, "following_count": 1, "tweet_count": 1, "listed_count": 0}
        self.users[id] = {
            "id": id, "username": handle, "name": handle.title(), "public_metrics": counts,
        }  # fmt: skip
        return id

    def post(
        self, author: str, text: str, *, answers: str | None = None, quotes: str | None = None,
        reposts: str | None = None, note: str | None = None, id: int | None = None,
    ) -> str:  # fmt: skip
        """Have somebody post; the names whom an answer goes to are put in front of it."""
        with self.lock:
            id = id or self._next()
            by = self.person(author)
            refers = [
                (kind, int(one))
                for kind, one in (
                    ("replied_to", answers), ("quoted", quotes), ("retweeted", reposts)
                )
                if one
            ]  # fmt: skip
            parent = self.posts.get(int(answers)) if answers else None
            if parent and parent.author != by:
                names = [str(self.users[parent.author]["username"]), *_NAMED.findall(parent.text)]
                whom = [name for name in dict.fromkeys(names) if name != author]
                text = " ".join([*(f"@{name}" for name in whom), text])
            if quotes:
                whose = self.users[self.posts[int(quotes)].author]["username"]
                text += f" https://twitter.com/{whose}/status/{quotes}"
            links = [(f"https://t.co/{id:x}{n}", m[0]) for n, m in enumerate(_LINKS.finditer(text))]
            for short, whole in links:
                text = text.replace(whole, short, 1)
            self.posts[id] = Post(
                id, by, text, parent.conversation if parent else id, tuple(refers), tuple(links),
                in_reply_to_user=parent.author if parent else None, note=note,
            )  # fmt: skip
            return str(id)

    def edit(self, id: str, text: str) -> str:
        """Have somebody change a post: X makes another one of it."""
        with self.lock:
            old = self.posts.pop(int(id))
            new = replace(old, id=self._next(), text=text, history=(*old.history, old.id))
            self.posts[new.id] = new
            return str(new.id)

    def delete(self, id: str) -> None:
        with self.lock:
            del self.posts[int(id)]

    def message(self, sender: str, text: str, partner: str | None = None) -> str:
        """Have somebody write to us, or us to ``partner``."""
        with self.lock:
            id, other = self._next(), partner or self.person(sender)
            self.messages.append(Message(id, self.person(sender), f"{ME}-{other}", text))
            return str(id)

    def mentions(self) -> list[Post]:
        """Return what names us, answers us or quotes us, newest first, as far as X lists it."""
        ours = [one for one in self._newest() if one.author != ME and self.summons(one)]
        return ours[:REACH]

    def own(self) -> list[Post]:
        return [one for one in self._newest() if one.author == ME]

    def found(self, query: str) -> list[Post]:
        """Return what a query finds, newest first; what is read of queries is what we write."""
        parts = re.sub(r"-\S+", "", query).strip().strip("()").split(" OR ")
        wanted = [one.strip().strip('"').lower() for one in parts]
        handle = re.search(r"-from:(\w+)", query)
        barred = self.person(handle[1]) if handle else None
        return [
            one
            for one in self._newest()
            if one.author != barred
            and not any(kind == "retweeted" for kind, _ in one.refers)
            and any(word in one.text.lower() for word in wanted)
        ]

    def summons(self, post: Post) -> bool:
        named = f"@{HANDLE}" in post.text.lower()
        quoted = any(
            kind == "quoted" and self.posts[id].author == ME
            for kind, id in post.refers
            if id in self.posts
        )
        return named or quoted or post.in_reply_to_user == ME

    def create(self, body: dict[str, Any]) -> str:
        """Post for us, by the rules of X. Raises ``RefusedError``."""
        with self.lock:
            self.asked.append(body)
            text, parent_id = (
                body.get("text", ""),
                body.get("reply", {}).get("in_reply_to_tweet_id"),
            )
            if parent_id and int(parent_id) not in self.posts:
                raise RefusedError(403, "You attempted to reply to a Post that is deleted or not "
                                   "visible to you.")  # fmt: skip
            parent = self.posts[int(parent_id)] if parent_id else None
            if parent and parent.author != ME and not self.enterprise and not self.summons(parent):
                raise RefusedError(403, "You can only reply to or quote posts where you are "
                                   "mentioned or are the author.")  # fmt: skip
            for one in self.own():
                if _bare(one) == text and one.refers == ((("replied_to", int(parent_id)),)
                                                         if parent_id else ()):  # fmt: skip
                    raise RefusedError(403, "You are not allowed to create a Tweet with duplicate "
                                       "content.")  # fmt: skip
            files = self.media.named(body.get("media", {}).get("media_ids", []))
            id = self.post(HANDLE, text, answers=parent_id)
            if files:
                self.posts[int(id)] = _showing(self.posts[int(id)], files)
            return id

    def send(self, body: dict[str, Any], conversation: str) -> Message:
        """Send a message for us. Raises ``RefusedError``."""
        with self.lock:
            self.asked.append(body)
            if conversation.rpartition("-")[2] in self.closed:
                raise RefusedError(403, "You cannot send messages to this user.")
            files = self.media.named([one["media_id"] for one in body.get("attachments", [])])
            shown = " https://t.co/file" if files else ""
            self.messages.append(Message(self._next(), ME, conversation, body["text"] + shown))
            return self.messages[-1]

    def texts(self) -> list[str]:
        """Return what we have posted, oldest first, without the names in front."""
        return [_bare(one) for one in reversed(self.own())]

    def private_texts(self) -> list[str]:
        return [one.text for one in self.messages if one.sender == ME]

    def _newest(self) -> Iterable[Post]:
        return (self.posts[id] for id in sorted(self.posts, reverse=True))

    def _next(self) -> int:
        self._last = max(self._last + 1, id_at(self.now()))
        return self._last


def _showing(post: Post, files: list[dict[str, Any]]) -> Post:
    """Return a post with the link to its files that X puts behind the text."""
    short = f"https://t.co/m{post.id:x}"
    whole = f"https://x.com/{HANDLE}/status/{post.id}/photo/1"
    links = (*post.links, (short, whole))
    return replace(post, text=f"{post.text} {short}", links=links, files=tuple(files))


def id_at(moment: datetime) -> int:
    return (round(moment.timestamp() * 1000) - _EPOCH) << _BITS


def moment_of(id: int) -> datetime:
    moment = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(id >> _BITS) + _EPOCH)
    return max(moment, datetime(2010, 11, 4, tzinfo=UTC))


def _bare(post: Post) -> str:
    text = re.sub(r"^(?:@\w+ )+", "", post.text) if post.in_reply_to_user else post.text
    for short, whole in post.links:
        text = text.replace(short, whole)
    return text
