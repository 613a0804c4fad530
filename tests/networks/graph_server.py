"""A stand-in for the Graph API: a Page or an Instagram account, its posts, comments and messages.

Shaped on Meta's documentation of September 2026.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.networks.stand_in import Heard, StandIn, Told

TOKEN, SECRET, VERSION = "token-of-acme", "secret-of-the-app", "v25.0"
PAGE, ACCOUNT = "1001", "17841400000000001"
PROOF = hmac.new(SECRET.encode(), TOKEN.encode(), hashlib.sha256).hexdigest()
MOST = {"facebook": 100, "instagram": 50}
DAY, WEEK = timedelta(days=1), timedelta(days=7)
SHOWN = 20


@dataclass
class Post:
    id: str
    author: str
    text: str
    at: datetime
    changed_at: datetime


@dataclass
class Comment:
    id: str
    post: str
    author: str
    text: str
    at: datetime
    to: str | None = None
    hidden: bool = False
    nameless: bool = False
    answered: bool = False  #: in private


@dataclass
class Message:
    id: str
    person: str
    ours: bool
    text: str
    at: datetime
    tag: str | None = None


@dataclass
class GraphServer(StandIn):
    """The API; ``kind`` is ``facebook`` or ``instagram``."""

    kind: str
    now: Callable[[], datetime]
    people: dict[str, str] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    numbers: int = 0
    shows_all: bool = False  #: more of a conversation than its newest messages

    def __post_init__(self) -> None:
        self.me = PAGE if self.kind == "facebook" else ACCOUNT
        self.people["acme"] = self.me
        super().__init__()

    # ---- what people do

    def id_of(self, person: str) -> str:
        return self.people.setdefault(person, f"70{len(self.people):04d}")

    def post(self, text: str = "News!", author: str = "acme", at: datetime | None = None) -> str:
        with self.lock:
            number, at = self._number(), at or self.now()
            id = f"{PAGE}_{number}" if self.kind == "facebook" else f"178{number:014d}"
            self.posts[id] = Post(id, author, text, at, at)
            return id

    def comment(
        self, post: str, author: str, text: str, *, to: str | None = None, id: str | None = None,
        at: datetime | None = None, **more: Any,
    ) -> str:  # fmt: skip
        with self.lock:
            number, at = self._number(), at or self.now()
            usual = (
                f"{post.partition('_')[2]}_{number}" if self.kind == "facebook" else f"179{number}"
            )
            above = self.comments.get(to or "")
            # Answers to answers are put below the first comment.
            top = (above.to or above.id) if above else None
            one = Comment(id or usual, post, author, text, at, top, **more)
            self.comments[one.id] = one
            self.posts[post].changed_at = max(self.posts[post].changed_at, at)
            return one.id

    def message(
        self, person: str, text: str, *, ours: bool = False, at: datetime | None = None, **more: Any
    ) -> str:
        with self.lock:
            id = f"m_{self._number()}"
            who = self.id_of(person)
            self.messages.append(Message(id, who, ours, text, at or self.now(), **more))
            return f"dm/{who}/{id}"

    def removes(self, id: str) -> None:
        with self.lock:
            for one in [*self.comments.values()]:
                if id in (one.id, one.to):
                    del self.comments[one.id]

    def by_us(self) -> list[Comment]:
        return [one for one in self.comments.values() if one.author == "acme"]

    def sent(self) -> list[Message]:
        return [one for one in self.messages if one.ours]

    # ---- calls

    def too_many(self, *, bare: bool) -> Told:
        usage = [{"type": "pages", "call_count": 101, "total_time": 9, "total_cputime": 9,
                  "estimated_time_to_regain_access": 2}]  # fmt: skip
        headers = {} if bare else {"X-Business-Use-Case-Usage": json.dumps({"77": usage})}
        return refusal(32, "Page request limit reached", headers=headers)

    def answer(self, call: Heard) -> Told:
        asked = call.form if call.method == "POST" else {k: v[0] for k, v in call.query.items()}
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal(190, "Invalid OAuth access token.")
        if asked.get("appsecret_proof") != PROOF:
            return refusal(100, "Invalid appsecret_proof provided in the API argument")
        path = call.path.removeprefix(f"/{VERSION}/")
        told = self._written(path, asked) if call.method == "POST" else self._read(path, asked)
        told.headers |= self.headers
        return told

    def _read(self, path: str, asked: dict[str, str]) -> Told:
        if path == "me":
            return self._me(asked["fields"])
        if path == "me/conversations":
            return self._conversations(asked)
        if path in ("me/feed", f"{ACCOUNT}/media"):
            found = sorted(self.posts.values(), key=lambda one: one.at, reverse=True)
            return paged([self._post(one) for one in found], asked, 100)
        id, _, edge = path.partition("/")
        if id.startswith("t_") and self.shows_all:
            return paged(self._messages(id.removeprefix("t_")), asked, SHOWN)
        if id not in self.comments and id not in self.posts:
            return GONE
        if not edge:
            there = self.comments.get(id) or self.posts[id]
            told = self._comment(there) if isinstance(there, Comment) else self._post(there)
            return Told(200, told)
        return self._listed(id, edge, asked)

    def _written(self, path: str, asked: dict[str, str]) -> Told:
        if path == "me/messages":
            return self._sent(asked)
        id, _, edge = path.partition("/")
        if id not in self.comments and id not in self.posts:
            return GONE
        if edge != ("comments" if self.kind == "facebook" else "replies"):
            return refusal(100, f"Unsupported post request on {edge}")
        to = self.comments.get(id)
        if to is not None and to.hidden and self.kind == "instagram":
            return refusal(100, "You cannot reply to hidden comments")
        made = self.comment(
            to.post if to else id, "acme", asked["message"], to=to.id if to else None
        )
        return Told(200, {"id": made})

    # ---- what is told

    def _me(self, fields: str) -> Told:
        if "instagram_business_account" in fields:
            mine = {"id": ACCOUNT, "username": "acme", "name": "Acme"}
            return Told(200, {"instagram_business_account": mine, "id": PAGE})
        if "user_id" in fields:
            return Told(200, {"user_id": ACCOUNT, "username": "acme", "name": "Acme", "id": "5"})
        page = {"id": PAGE, "name": "Acme Bank", "username": "acme", "category": "Bank"}
        return Told(200, page)

    def _post(self, post: Post) -> dict[str, Any]:
        count = sum(one.post == post.id for one in self.comments.values())
        if self.kind == "instagram":
            return {"id": post.id, "timestamp": stamp(post.at), "comments_count": count,
                    "permalink": f"https://www.instagram.com/p/{post.id}/"}  # fmt: skip
        return {
            "id": post.id, "created_time": stamp(post.at), "updated_time": stamp(post.changed_at),
            "message": post.text, "from": self._who(post.author),
            "permalink_url": f"https://www.facebook.com/{post.id}",
            "comments": {"data": [], "summary": {"total_count": count}},
        }  # fmt: skip

    def _who(self, person: str) -> dict[str, str]:
        name = {"name": person.title()} if self.kind == "facebook" else {"username": person}
        return {"id": self.id_of(person), **name}

    def _comment(self, one: Comment) -> dict[str, Any]:
        who = {} if one.nameless else {"from": self._who(one.author)}
        if self.kind == "instagram":
            return {"id": one.id, "text": one.text, "timestamp": stamp(one.at),
                    "hidden": one.hidden, "username": one.author,
                    **({"parent_id": one.to} if one.to else {}), **who}  # fmt: skip
        above = self.comments.get(one.to or "")
        parent = {"parent": {"id": above.id, "from": self._who(above.author)}} if above else {}
        return {"id": one.id, "message": one.text, "created_time": stamp(one.at),
                "can_comment": True, "permalink_url": f"https://www.facebook.com/{one.id}",
                **parent, **who}  # fmt: skip

    def _listed(self, id: str, edge: str, asked: dict[str, str]) -> Told:
        there = sorted(self.comments.values(), key=lambda one: one.at, reverse=True)
        if id in self.comments:
            found = [one for one in there if one.to == id]
        elif self.kind == "facebook":
            assert (asked["filter"], asked["order"]) == ("stream", "reverse_chronological")
            found = [one for one in there if one.post == id]
        else:
            found = [one for one in there if one.post == id and one.to is None]
        told = [self._comment(one) for one in found]
        if self.kind == "instagram" and edge == "comments":
            for one in told:
                below = [self._comment(r) for r in there if r.to == one["id"]]
                one["replies"] = paged(below, {"limit": "50"}, 50).body
        return paged(told, asked, MOST[self.kind])

    def _conversations(self, asked: dict[str, str]) -> Told:
        wanted = "messenger" if self.kind == "facebook" else "instagram"
        assert asked["platform"] == wanted
        by_person: dict[str, list[Message]] = {}
        for one in self.messages:
            by_person.setdefault(one.person, []).append(one)
        if "user_id" in asked:
            by_person = {id: all for id, all in by_person.items() if id == asked["user_id"]}
        names = {id: name for name, id in self.people.items()}
        told = []
        for id, all in by_person.items():
            newest = sorted(all, key=lambda one: one.at, reverse=True)
            told.append({
                "id": f"t_{id}", "updated_time": stamp(newest[0].at),
                "participants": {"data": [self._who(names[id]), self._who("acme")]},
                "messages": paged(self._messages(id), {}, SHOWN).body,
            })  # fmt: skip
        told.sort(key=lambda one: str(one["updated_time"]), reverse=True)
        return paged(told, asked, 25)

    def _messages(self, person: str) -> list[dict[str, Any]]:
        names = {id: name for name, id in self.people.items()}
        newest = sorted(self.messages, key=lambda one: one.at, reverse=True)
        return [
            {"id": one.id, "message": one.text, "created_time": stamp(one.at),
             "from": self._who("acme" if one.ours else names[one.person])}
            for one in newest if one.person == person
        ]  # fmt: skip

    def _sent(self, asked: dict[str, str]) -> Told:
        recipient, text = json.loads(asked["recipient"]), json.loads(asked["message"])["text"]
        names = {id: name for name, id in self.people.items()}
        if "id" in recipient:
            if recipient["id"] not in names:
                return refusal(100, "No matching user found", 2018001)
            heard = [one.at for one in self.messages
                     if one.person == recipient["id"] and not one.ours]  # fmt: skip
            window = WEEK if asked.get("tag") == "HUMAN_AGENT" else DAY
            if not heard or self.now() - max(heard) > window:
                return refusal(10, "This message is sent outside of allowed window.", 2018278)
            person = names[recipient["id"]]
        else:
            id = recipient.get("comment_id") or recipient["post_id"]
            about = self.comments.get(id) or self.posts.get(id)
            if about is None:
                return GONE
            if self.now() - about.at > WEEK:
                return refusal(10, "This message is sent outside of allowed window.", 2018278)
            if isinstance(about, Comment):
                if about.answered:
                    return refusal(10900, "Activity already replied to")
                about.answered = True
            person = about.author
        name = self.message(person, text, ours=True, tag=asked.get("tag"))
        _, who, id = name.split("/")
        return Told(200, {"recipient_id": who, "message_id": id})

    def _number(self) -> int:
        self.numbers += 1
        return self.numbers


def stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def paged(told: list[dict[str, Any]], asked: dict[str, str], most: int) -> Told:
    begin, many = int(asked.get("after") or 0), min(int(asked.get("limit") or 25), most)
    some = told[begin : begin + many]
    paging: dict[str, Any] = {"cursors": {"before": str(begin), "after": str(begin + many)}}
    if begin + many < len(told):
        paging["next"] = "https://graph.facebook.com/?access_token=never-used"
    return Told(200, {"data": some, "paging": paging} if some else {"data": []})


def refusal(
    code: int, message: str, below: int | None = None, *, status: int = 400,
    headers: dict[str, str] | None = None, **more: Any,
) -> Told:  # fmt: skip
    error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1", **more}
    if below is not None:
        error["error_subcode"] = below
    return Told(status, {"error": error}, dict(headers or {}))


GONE = refusal(100, "Unsupported get request. Object with ID does not exist", 33)
