"""A stand-in for Reddit: people, posts, comments, messages, and how it lists and takes them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.networks.stand_in import Heard, StandIn, Told

APP, SECRET, PASSWORD, MEMBER = "app-of-acme", "secret-of-app", "password-of-acme", "Acme"
REACH = 1_000


@dataclass
class Thing:
    name: str
    kind: str
    author: str | None
    body: str
    at: datetime
    parent: str | None = None
    post: str = ""
    title: str = ""
    to: str | None = None
    first: str | None = None
    edited: float | None = None
    locked: bool = False
    unlisted: bool = False
    subreddit: str = "parcels"


@dataclass
class Reddit(StandIn):
    """The stand-in. ``errors`` are what it says against the next things that are written."""

    now: Callable[[], datetime]
    things: dict[str, Thing] = field(default_factory=dict)
    errors: list[list[str]] = field(default_factory=list)
    ratelimit: float | None = None
    tokens: set[str] = field(default_factory=set)
    forbidden: set[str] = field(default_factory=set)
    names_messages: bool = True  #: whether what was sent can be seen at once

    def __post_init__(self) -> None:
        super().__init__()

    # ---- what people do

    def post(self, author: str, title: str, body: str = "", **more: Any) -> Thing:
        return self._add("t3", author, body, title=title, **more)

    def comment(self, author: str, body: str, to: Thing, **more: Any) -> Thing:
        post = to.post if to.kind == "t1" else to.name
        return self._add("t1", author, body, parent=to.name, post=post, **more)

    def message(self, author: str, body: str, to: str, **more: Any) -> Thing:
        return self._add("t4", author, body, to=to, **more)

    def by_us(self, kind: str = "t1") -> list[Thing]:
        return [one for one in self.things.values() if one.author == MEMBER and one.kind == kind]

    def _add(
        self, kind: str, author: str, body: str, *, at: datetime | None = None, **more: Any
    ) -> Thing:
        with self.lock:
            name = more.pop("name", None) or f"{kind}_{_base36(50_000 + len(self.things))}"
            thing = Thing(name, kind, author, body, at or self.now(), **more)
            self.things[name] = thing
            return thing

    # ---- calls

    def too_many(self, *, bare: bool) -> Told:
        told = {"x-ratelimit-reset": "120", "x-ratelimit-remaining": "0", "x-ratelimit-used": "996"}
        return Told(429, {"message": "Too Many Requests", "error": 429}, {} if bare else told)

    def answer(self, call: Heard) -> Told:
        if call.path == "/api/v1/access_token":
            return self._token(call)
        if (call.headers.get("Authorization") or "").removeprefix("bearer ") not in self.tokens:
            return Told(401, {"message": "Unauthorized", "error": 401})
        if call.path in self.forbidden:
            return Told(403, {"message": "Forbidden", "error": 403})
        told = self._route(call)
        told.headers |= {"x-ratelimit-remaining": "595.0", "x-ratelimit-used": "5",
                         "x-ratelimit-reset": "300"}  # fmt: skip
        return told

    def _token(self, call: Heard) -> Told:
        app = base64.b64encode(f"{APP}:{SECRET}".encode()).decode()
        if call.headers.get("Authorization") != f"Basic {app}":
            return Told(401, {"message": "Unauthorized", "error": 401})
        by_password = (call.form.get("username"), call.form.get("password")) == (MEMBER, PASSWORD)
        if not by_password and call.form.get("refresh_token") != "token-for-ever":
            return Told(200, {"error": "invalid_grant"})
        self.tokens.add(f"token-{len(self.tokens)}")
        return Told(200, {"access_token": f"token-{len(self.tokens) - 1}", "expires_in": 86_400,
                          "scope": "*", "token_type": "bearer"})  # fmt: skip

    def _route(self, call: Heard) -> Told:
        things = [one for one in self.things.values() if not one.unlisted]
        path = call.path
        if path == "/api/v1/me":
            return Told(200, {"name": MEMBER})
        if path == "/message/inbox":
            return self._listed([one for one in things if self._is_to_us(one)], call, inbox=True)
        if path == "/message/sent":
            return self._listed(self.by_us("t4") if self.names_messages else [], call)
        if path == f"/user/{MEMBER}/comments":
            return self._listed(self.by_us(), call)
        if path == "/r/parcels+banks/comments":
            return self._listed([one for one in things if one.kind == "t1"], call)
        if path == "/r/parcels+banks/new":
            return self._listed([one for one in things if one.kind == "t3"], call)
        if path == "/api/info":
            ids = (call.one("id") or "").split(",")
            return self._listed([one for one in self.things.values() if one.name in ids], call)
        if path == "/api/comment":
            return self._commented(call.form)
        if path == "/api/compose":
            return self._composed(call.form)
        return Told(404, {"message": "Not Found", "error": 404})

    def _is_to_us(self, thing: Thing) -> bool:
        if thing.author == MEMBER:
            return False
        over = self.things.get(thing.parent or "")
        answers = over is not None and over.author == MEMBER
        return thing.to == MEMBER or (
            thing.kind == "t1" and (answers or "u/acme" in thing.body.lower())
        )

    def _listed(self, things: list[Thing], call: Heard, *, inbox: bool = False) -> Told:
        newest = sorted(things, key=lambda one: (one.at, one.name), reverse=True)[:REACH]
        names = [one.name for one in newest]
        begin = names.index(call.one("after") or "") + 1 if call.one("after") else 0
        some = newest[begin : begin + int(call.one("limit") or 25)]
        more = begin + len(some) < len(newest)
        children = [{"kind": one.kind, "data": self.told(one, inbox=inbox)} for one in some]
        data = {"after": some[-1].name if more and some else None, "children": children}
        return Told(200, {"kind": "Listing", "data": data})

    def told(self, one: Thing, *, inbox: bool = False) -> dict[str, Any]:
        told: dict[str, Any] = {
            "name": one.name,
            "author": one.author,
            "created_utc": one.at.timestamp(),
        }
        where = f"/r/{one.subreddit}/comments/{(one.post or one.name)[3:]}/title/"
        if one.kind == "t4":
            return told | {"body": one.body, "subject": one.title, "dest": one.to,
                           "first_message_name": one.first, "parent_id": one.parent}  # fmt: skip
        if one.kind == "t3":
            return told | {"title": one.title, "selftext": one.body, "is_self": True,
                           "permalink": where, "edited": one.edited or False,
                           "locked": one.locked}  # fmt: skip
        told |= {"body": one.body, "parent_id": one.parent, "author_fullname": f"t2_{one.author}"}
        if inbox:
            return told | {"context": f"{where}{one.name[3:]}/?context=3", "type": "comment_reply",
                           "was_comment": True}  # fmt: skip
        return told | {"link_id": one.post, "permalink": f"{where}{one.name[3:]}/",
                       "edited": one.edited or False, "locked": one.locked}  # fmt: skip

    def _commented(self, form: dict[str, str]) -> Told:
        if self.errors:
            return self._said()
        over = self.things.get(form["thing_id"]) or Thing(
            form["thing_id"], "t3", "bob", "", self.now()
        )
        if over.kind == "t4":
            made = self.message(MEMBER, form["text"], over.author or "", parent=over.name,
                                first=over.first or over.name)  # fmt: skip
        else:
            made = self.comment(MEMBER, form["text"], over)
        things = [{"kind": made.kind, "data": self.told(made)}]
        return Told(200, {"json": {"errors": [], "data": {"things": things}}})

    def _composed(self, form: dict[str, str]) -> Told:
        if self.errors:
            return self._said()
        self.message(MEMBER, form["text"], form["to"], title=form["subject"])
        return Told(200, {"json": {"errors": []}})

    def _said(self) -> Told:
        told: dict[str, Any] = {"errors": [self.errors.pop(0)]}
        return Told(200, {"json": told | ({"ratelimit": self.ratelimit} if self.ratelimit else {})})


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return (_base36(number // 36) if number >= 36 else "") + digits[number % 36]
