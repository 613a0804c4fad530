"""What a server that speaks Mastodon's language knows and answers, for tests.

Shaped on the documentation of Mastodon and on what GoToSocial, Takahe and Pleroma were seen to
answer. It has one account of ours and any number of people.
"""

from __future__ import annotations

import html
import json
import queue
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

DOMAIN = "social.example"
OWN = "acme"


@dataclass(frozen=True)
class Make:
    """What servers of different makes do differently."""

    name: str = "mastodon"
    minds_keys: bool = True
    ulids: bool = False
    bad_token: int = 401
    bulk: bool = True
    about: tuple[str, ...] = ("v2", "v1")
    filters: bool = True  # notifications can be held back, and asked for
    knows_types: bool = True
    limit: int = 500
    url_length: int = 23
    most: int = 80  # things of a list
    media: str = "v2"  # the newest way it takes files
    types: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif", "video/mp4", "audio/ogg")


MASTODON = Make()
GOTOSOCIAL = Make("gotosocial", minds_keys=False, ulids=True, bulk=False, filters=False,
                  limit=5_000, url_length=25)  # fmt: skip
TAKAHE = Make("takahe", minds_keys=False, bad_token=400, bulk=False, about=("v1",), filters=False)
PLEROMA = Make("pleroma", bulk=False, about=("v1",), filters=False, knows_types=False, most=20)


class World:
    """What the server knows; every answer is made under its lock."""

    def __init__(self, make: Make, clock: Callable[[], datetime]) -> None:
        self.make, self.clock = make, clock
        self.lock = threading.RLock()
        self.people: dict[str, str] = {}
        self.statuses: dict[str, dict[str, Any]] = {}
        self.notifications: list[dict[str, Any]] = []
        self.keys: dict[str, tuple[str, datetime]] = {}
        self.policy = dict.fromkeys(("for_not_following", "for_new_accounts"), "accept")
        self.streams: list[queue.Queue[str | None]] = []
        #: Files that were given, and how often somebody has to ask until one is ready.
        self.media: dict[str, dict[str, Any]] = {}
        self.slow = 0
        self.counted = {"status": 0, "notification": 0}
        self.me = self.account(OWN)["id"]

    def next_id(self, kind: str) -> str:
        self.counted[kind] += 1
        number = self.counted[kind]
        return f"01JQ{'Z' * 16}{number:06d}" if self.make.ulids else str(number)

    def account(self, acct: str) -> dict[str, Any]:
        id = self.people.setdefault(acct, f"10{len(self.people)}")
        name = acct.split("@")[0]
        return {"id": id, "acct": acct, "username": name, "display_name": name.title(),
                "followers_count": 7, "url": f"https://{DOMAIN}/@{acct}"}  # fmt: skip

    def post(
        self, author: str, text: str, *, to: str | None = None, visibility: str = "public",
        filtered: bool = False, at: datetime | None = None, **more: Any,
    ) -> str:  # fmt: skip
        """Have somebody post; our account is notified if it is named. Returns the post's id."""
        with self.lock:
            id, at = self.next_id("status"), at or self.clock()
            parent = self.statuses.get(to or "")
            self.statuses[id] = {
                "id": id, "created_at": stamp(at), "edited_at": None, "visibility": visibility,
                "in_reply_to_id": to, "spoiler_text": "", "account": self.account(author),
                "in_reply_to_account_id": parent and parent["account"]["id"],
                "content": as_html(text), "url": f"https://{DOMAIN}/@{author}/{id}",
                "media_attachments": [], **more,
            }  # fmt: skip
            if author != OWN and f"@{OWN}" in text:
                self.notify("mention", id, filtered=filtered)
            return id

    def notify(
        self, type: str, status: str, *, filtered: bool = False, by: str | None = None
    ) -> None:
        with self.lock:
            told = self.statuses[status]
            who = self.account(by) if by else told["account"]
            one = {"id": self.next_id("notification"), "type": type, "account": who,
                   "created_at": told["created_at"], "status": told}  # fmt: skip
            if filtered and self.make.filters:
                one["filtered"] = True
            self.notifications.append(one)
            self.stream("notification", json.dumps(one))

    def edit(self, id: str, text: str) -> None:
        with self.lock:
            self.statuses[id] |= {"content": as_html(text), "edited_at": stamp(self.clock())}
            self.stream("status.update", json.dumps(self.statuses[id]))

    def delete(self, id: str) -> None:
        with self.lock:
            del self.statuses[id]
            self.notifications = [n for n in self.notifications if n["status"]["id"] != id]
            for other in self.statuses.values():
                if other["in_reply_to_id"] == id:
                    other["in_reply_to_id"] = None
            self.stream("delete", id)

    def by_us(self) -> list[dict[str, Any]]:
        with self.lock:
            return [one for one in self.statuses.values() if one["account"]["id"] == self.me]

    def stream(self, event: str, data: str) -> None:
        for line in self.streams:
            line.put(f"event: {event}\ndata: {data}\n\n")

    # ---- what is answered

    def answer(self, method: str, path: str, asked: dict[str, list[str]], key: str | None) -> Any:
        """Return status and JSON of a call that goes well."""
        with self.lock:
            if method == "POST" and path == "/api/v1/statuses":
                return self.take(asked, key)
            if method == "POST" and (found := re.fullmatch(r"/api/(v[12])/media", path)):
                return self.take_file(asked, found[1])
            for pattern, give in (
                (r"/api/v1/accounts/verify_credentials", self.give_me),
                (r"/api/(v[12])/instance", self.give_about),
                (r"/api/v1/notifications", self.give_notifications),
                (r"/api/v2/notifications/policy", self.give_policy),
                (r"/api/v1/accounts/([^/]+)/statuses", self.give_own),
                (r"/api/v1/statuses", self.give_many),
                (r"/api/v1/statuses/([^/]+)", self.give_status),
                (r"/api/v1/statuses/([^/]+)/context", self.give_context),
                (r"/api/v1/media/([^/]+)", self.give_file),
            ):
                if method == "GET" and (found := re.fullmatch(pattern, path)):
                    return give(asked, *map(unquote, found.groups()))
            return MISSING

    def give_me(self, _asked: Any) -> Any:
        return 200, self.account(OWN)

    def give_about(self, _asked: Any, version: str) -> Any:
        if version not in self.make.about:
            return MISSING
        statuses = {"max_characters": self.make.limit,
                    "characters_reserved_per_url": self.make.url_length,
                    "max_media_attachments": 4}  # fmt: skip
        files = {"supported_mime_types": list(self.make.types), "image_size_limit": 16_777_216,
                 "video_size_limit": 103_809_024, "description_limit": 1_500}  # fmt: skip
        about = {"statuses": statuses, "media_attachments": files}
        told = {"version": f"{self.make.name}/1.2", "configuration": about}
        if version == "v2":
            return 200, told | {"domain": DOMAIN, "api_versions": {"mastodon": 7}}
        if self.make.name == "pleroma":
            return 200, {"uri": f"https://{DOMAIN}", "version": "2", "max_toot_chars": 500}
        return 200, told | {"uri": DOMAIN}

    def give_policy(self, _asked: Any) -> Any:
        return (200, self.policy) if self.make.filters else MISSING

    def give_notifications(self, asked: dict[str, list[str]]) -> Any:
        types = asked.get("types[]") if self.make.knows_types else None
        filtered = asked.get("include_filtered") == ["true"]
        seen = [
            one for one in self.notifications
            if (not types or one["type"] in types) and (filtered or not one.get("filtered"))
        ]  # fmt: skip
        return 200, self.page(seen, asked)

    def take_file(self, asked: dict[str, list[Any]], version: str) -> Any:
        if version == "v2" and self.make.media != "v2":
            return MISSING
        type, content = asked["file"][0]
        if type not in self.make.types or not content:
            return 422, {"error": "Validation failed: File content type is invalid"}
        id = f"9{len(self.media)}"
        about = asked.get("description", [None])[0]
        self.media[id] = {"id": id, "type": type, "description": about, "size": len(content),
                          "asks": self.slow, "used": False}  # fmt: skip
        return 202 if self.slow else 200, {"id": id, "type": "image", "url": None}

    def give_file(self, _asked: Any, id: str) -> Any:
        if id not in self.media:
            return MISSING
        self.media[id]["asks"] -= 1
        return 206 if self.media[id]["asks"] > 0 else 200, {"id": id, "type": "image"}

    def give_own(self, asked: dict[str, list[str]], id: str) -> Any:
        seen = [one for one in self.statuses.values() if one["account"]["id"] == id]
        return 200, self.page(seen, asked)

    def give_many(self, asked: dict[str, list[str]]) -> Any:
        if not self.make.bulk:
            return MISSING
        if len(ids := asked.get("id[]", [])) > 20:
            return 422, {"error": "Validation failed"}
        return 200, [self.statuses[id] for id in ids if id in self.statuses]

    def give_status(self, _asked: Any, id: str) -> Any:
        return (200, self.statuses[id]) if id in self.statuses else MISSING

    def give_context(self, _asked: Any, id: str) -> Any:
        if id not in self.statuses:
            return MISSING
        way: list[Any] = []
        step = self.statuses[id]["in_reply_to_id"]
        while step in self.statuses:
            way.insert(0, self.statuses[step])
            step = self.statuses[step]["in_reply_to_id"]
        return 200, {"ancestors": way, "descendants": []}

    def page(self, things: list[Any], asked: dict[str, list[str]]) -> list[Any]:
        """Return a page as Mastodon does: newest first; `min_id` gives what follows at once."""
        limit = min(int(asked.get("limit", ["20"])[0]), self.make.most)

        def beyond(one: Any, name: str) -> bool:
            other = asked.get(name, [None])[0]
            this = (len(one["id"]), one["id"])
            return not other or (
                this < (len(other), other) if name == "max_id" else this > (len(other), other)
            )

        things = [one for one in things if beyond(one, "min_id") and beyond(one, "max_id")]
        things = things[:limit] if "min_id" in asked else things[-limit:]
        return things[::-1]

    def take(self, asked: dict[str, list[str]], key: str | None) -> Any:
        known = self.keys.get(key or "")
        if known and self.make.minds_keys and self.clock() - known[1] < timedelta(hours=1):
            return 200, self.statuses[known[0]]
        text, to = asked.get("status", [""])[0], asked.get("in_reply_to_id", [None])[0]
        if not text.strip():
            return 422, {"error": "Validation failed: Text can't be blank"}
        if len(text) > self.make.limit:
            return 422, {"error": f"Validation failed: Text limit of {self.make.limit} exceeded"}
        if to and to not in self.statuses:
            return MISSING
        files = [self.media.get(id) for id in asked.get("media_ids[]", [])]
        if any(one is None or one["used"] or one["asks"] > 0 for one in files):
            return 422, {"error": "Cannot attach files that have not finished processing"}
        for one in files:
            one["used"] = True  # type: ignore[index]
        shown = [
            {
                "id": one["id"],
                "type": "image",
                "description": one["description"],
                "url": f"https://{DOMAIN}/{one['id']}.png",
            }
            for one in files
        ]  # type: ignore[index]
        id = self.post(OWN, text, to=to, visibility=asked["visibility"][0],
                       media_attachments=shown)  # fmt: skip
        self.keys[key or ""] = (id, self.clock())
        return 200, self.statuses[id]


MISSING = (404, {"error": "Record not found"})


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_html(text: str) -> str:
    """Return a text as Mastodon renders it: names without their server, links shortened."""

    def linked(found: re.Match[str]) -> str:
        word = found.group(0)
        if word.startswith("http"):
            bare = word.split("://", 1)[1]
            return (f'<a href="{word}" rel="nofollow"><span class="invisible">https://</span>'
                    f'<span class="ellipsis">{bare[:20]}</span>'
                    f'<span class="invisible">{bare[20:]}</span></a>')  # fmt: skip
        name = word[1:].split("@")[0]
        return (f'<span class="h-card"><a href="https://{DOMAIN}/{word}" class="u-url mention">'
                f"@<span>{name}</span></a></span>")  # fmt: skip

    paragraphs = html.escape(text, quote=False).split("\n\n")
    marked = (re.sub(r"https?://\S+|(?<!\w)@[\w.@-]*\w", linked, each) for each in paragraphs)
    return "".join(f"<p>{each}</p>" for each in marked).replace("\n", "<br />")
