"""What a stand-in of Bluesky knows, shaped on what the reference servers answer: no HTTP here."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import grapheme

POST = "app.bsky.feed.post"
_KEY = re.compile(r"[234567abcdefghij][234567abcdefghijklmnopqrstuvwxyz]{12}")


class NoError(Exception):
    """The server says no."""

    def __init__(self, error: str, message: str = "", status: int = 400) -> None:
        super().__init__(error)
        self.status, self.told = status, {"error": error, "message": message or error}


@dataclass
class World:
    """Accounts, posts, notifications and messages. Safe to use from several threads."""

    clock: Callable[[], datetime]
    passwords: dict[str, str] = field(default_factory=lambda: {"acme.test": "app-pass"})
    #: Whether the app password may read and send direct messages.
    messages_allowed: bool = True
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)  #: by address
    notes: list[tuple[str, str]] = field(default_factory=list)  #: address and reason, as they came
    hidden: set[str] = field(default_factory=set)  #: addresses that are there and not shown
    closed: set[str] = field(default_factory=set)  #: addresses that may not be answered
    convos: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    deaf: dict[str, str] = field(default_factory=dict)  #: people who take no messages, and why
    writes: int = 0  #: records that appeared or changed
    tokens: dict[str, str] = field(default_factory=dict)  #: those that do, and the kind of each
    served: int = 0
    blobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    logins: int = 0
    preferences: dict[str, Any] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    # ---- what people do

    def says(
        self, text: str, *, by: str = "bob", reason: str | None = "mention",
        under: str | None = None, at: datetime | None = None, **more: Any,
    ) -> str:  # fmt: skip
        """Have somebody post; we are told of it for a reason. Returns the address."""
        with self.lock:
            record: dict[str, Any] = {"$type": POST, "text": text, "createdAt": stamp(self.clock())}
            if under is not None:
                above = self.posts[under]["record"].get("reply", {})
                record["reply"] = {
                    "root": above.get("root", self.ref(under)),
                    "parent": self.ref(under),
                }
            uri = f"at://{did(by)}/{POST}/{len(self.posts):013d}"
            self.keep(uri, record | more, at)
            if reason:
                self.notes.append((uri, reason))
            return uri

    def spreads(self, uri: str, *, by: str = "bob") -> str:
        """Have somebody repost a post of ours; we are told of it. Returns the address."""
        with self.lock:
            record = {"$type": "app.bsky.feed.repost", "subject": self.ref(uri)}
            address = f"at://{did(by)}/app.bsky.feed.repost/{len(self.posts):013d}"
            self.keep(address, record)
            self.notes.append((address, "repost"))
            return address

    def keep(self, uri: str, record: dict[str, Any], at: datetime | None = None) -> None:
        """Let a record appear, or change."""
        at = at or (self.posts[uri]["at"] if uri in self.posts else self.clock())
        self.posts[uri] = {"uri": uri, "cid": cid(record), "record": record, "at": at}
        self.writes += 1

    def writes_privately(self, text: str, *, by: str = "bob") -> str:
        """Have somebody write a direct message to us; return its id."""
        with self.lock:
            return self._message(convo_with(did(by)), did(by), text)["id"]

    def ours(self) -> list[dict[str, Any]]:
        """Return our posts, as they came."""
        return [post for uri, post in self.posts.items() if uri.startswith(f"at://{did('acme')}/")]

    def ref(self, uri: str) -> dict[str, str]:
        return {"uri": uri, "cid": self.posts[uri]["cid"]}

    # ---- what is asked

    def answer(self, method: str, asked: dict[str, list[str]], told: Any, token: str) -> Any:
        """Answer one call; what it is not asked for is not found."""
        with self.lock:
            does = getattr(self, "on_" + method.rpartition(".")[2], None)
            if does is None:
                raise NoError("MethodNotImplemented", status=501)
            if method.startswith("chat.") and not self.messages_allowed:
                raise NoError("InvalidToken", "Bad token method")
            if method.endswith("Session"):
                return does(told, token)
            if self.tokens.get(token) != "access":
                known = "ExpiredToken" if token in self.tokens else "InvalidToken"
                raise NoError(known, "Token could not be verified")
            return does(told if told is not None else asked)

    def expire(self, *, refresh: bool = False) -> None:
        """Let access tokens be over, and those to refresh them with."""
        for token, kind in self.tokens.items():
            if kind == "access" or refresh:
                self.tokens[token] = "over"

    def on_createSession(self, told: Any, _token: str) -> Any:
        self.logins += 1
        if self.passwords.get(told["identifier"]) != told["password"]:
            raise NoError("AuthenticationRequired", "Invalid identifier or password", 401)
        return self._session()

    def on_refreshSession(self, _told: Any, token: str) -> Any:
        if self.tokens.get(token) != "refresh":
            raise NoError("ExpiredToken", "Token has expired")
        return self._session()

    def on_listNotifications(self, asked: dict[str, list[str]]) -> Any:
        shown = [
            self.view(uri) | {"reason": reason}
            for uri, reason in self.notes
            if uri in self.posts and reason in asked["reasons"] and uri not in self.hidden
        ]
        return self._paged("notifications", shown, asked)

    def on_searchPosts(self, asked: dict[str, list[str]]) -> Any:
        words = asked["q"][0].casefold()
        shown = [self.view(uri) for uri, one in self.posts.items()
                 if words in one["record"]["text"].casefold()]  # fmt: skip
        return self._paged("posts", shown, asked)

    def on_getAuthorFeed(self, asked: dict[str, list[str]]) -> Any:
        shown = [self.view(post["uri"]) for post in self.ours()]
        told = self._paged("posts", shown, asked)
        return {"feed": [{"post": post} for post in told.pop("posts")], **told}

    def on_getPosts(self, asked: dict[str, list[str]]) -> Any:
        uris = [uri for uri in asked["uris"] if uri in self.posts and uri not in self.hidden]
        return {"posts": [self.view(uri) for uri in uris]}

    def on_getPostThread(self, asked: dict[str, list[str]]) -> Any:
        node: dict[str, Any] = {}
        top, uri = node, asked["uri"][0]
        while True:
            if uri not in self.posts:
                node |= {"uri": uri, "notFound": True}
                return {"thread": top}
            node["post"] = self.view(uri)
            above = self.posts[uri]["record"].get("reply")
            if above is None:
                return {"thread": top}
            uri, node["parent"] = above["parent"]["uri"], {}
            node = node["parent"]

    def on_getProfiles(self, asked: dict[str, list[str]]) -> Any:
        return {"profiles": [person(one) | {"followersCount": 7} for one in asked["actors"]]}

    def on_getPreferences(self, _asked: Any) -> Any:
        return {"preferences": self.preferences}

    def on_resolveHandle(self, asked: dict[str, list[str]]) -> Any:
        name = asked["handle"][0].removesuffix(".test")
        if name not in ("acme", "bob", "cid"):
            raise NoError("HandleNotFound", "Unable to resolve handle")
        return {"did": did(name)}

    def on_getRecord(self, asked: dict[str, list[str]]) -> Any:
        uri = f"at://{asked['repo'][0]}/{asked['collection'][0]}/{asked['rkey'][0]}"
        if uri not in self.posts:
            raise NoError("RecordNotFound", f"Could not locate record: {uri}")
        post = self.posts[uri]
        return {"uri": uri, "cid": post["cid"], "value": post["record"]}

    def on_putRecord(self, told: Any) -> Any:
        record, key = told["record"], told["rkey"]
        if not _KEY.fullmatch(key):
            raise NoError("InvalidRequest", "Invalid TID string")
        if grapheme.length(record["text"]) > 300 or len(record["text"].encode()) > 3_000:
            raise NoError("InvalidRecord", "Record/text must not be longer than 300 graphemes")
        self._check_embed(record.get("embed"))
        uri = f"at://{told['repo']}/{told['collection']}/{key}"
        known = self.posts.get(uri)
        if known is not None and known["cid"] == cid(record):
            return {"uri": uri, "cid": known["cid"]}
        if known is not None and "swapRecord" in told:
            raise NoError("InvalidSwap", f"Record was at {known['cid']}")
        self.keep(uri, record)
        return {"uri": uri, "cid": cid(record), "commit": {}}

    def on_uploadBlob(self, told: Any) -> Any:
        if len(told["content"]) > 50_000_000:
            raise NoError("BlobTooLarge", "This file is too large")
        link = "bafkrei" + hashlib.sha256(told["content"]).hexdigest()[:40]
        blob = {"$type": "blob", "ref": {"$link": link}, "mimeType": told["type"],
                "size": len(told["content"])}  # fmt: skip
        self.blobs[link] = blob
        return {"blob": blob}

    def _check_embed(self, embed: Any) -> None:
        for image in embed["images"] if embed else ():
            blob = image["image"]
            if self.blobs.get(blob["ref"]["$link"]) != blob:
                raise NoError("BlobNotFound", "Could not find blob")
            if blob["size"] > 2_000_000 or not blob["mimeType"].startswith("image/"):
                raise NoError("InvalidRecord", "Record/embed/images/0/image is too large")

    # ---- direct messages

    def on_listConvos(self, _asked: Any) -> Any:
        convos = [
            {"id": convo, "rev": messages[-1]["rev"], "lastMessage": messages[-1]}
            for convo, messages in self.convos.items()
        ]
        return {"convos": convos}

    def on_getConvoForMembers(self, asked: dict[str, list[str]]) -> Any:
        who = asked["members"][0]
        if who in self.deaf:
            raise NoError(self.deaf[who])
        return {"convo": {"id": convo_with(who), "members": [person(who)]}}

    def on_getMessages(self, asked: dict[str, list[str]]) -> Any:
        newest_first = list(reversed(self.convos.get(asked["convoId"][0], [])))
        begin = int(asked.get("cursor", ["0"])[0])
        page = newest_first[begin : begin + int(asked["limit"][0])]
        end = begin + len(page)
        return {"messages": page, **({"cursor": str(end)} if end < len(newest_first) else {})}

    def on_sendMessage(self, told: Any) -> Any:
        self.writes += 1
        return self._message(told["convoId"], did("acme"), told["message"]["text"])

    def on_getLog(self, asked: dict[str, list[str]]) -> Any:
        after = asked.get("cursor", [""])[0]
        logs = [one for one in self.log if one["rev"] > after][:10]
        return {"logs": logs, "cursor": logs[-1]["rev"] if logs else after}

    def unsends(self, convo: str, id: str) -> None:
        """Let a message be deleted."""
        self.convos[convo] = [one for one in self.convos[convo] if one["id"] != id]
        self._logged("logDeleteMessage", convo, {"id": id})

    def _message(self, convo: str, sender: str, text: str) -> dict[str, Any]:
        message = {
            "$type": "chat.bsky.convo.defs#messageView", "id": f"m{len(self.log)}", "text": text,
            "sender": {"did": sender}, "sentAt": stamp(self.clock()),
        }  # fmt: skip
        message["rev"] = self._logged("logCreateMessage", convo, message)
        self.convos.setdefault(convo, []).append(message)
        return message

    def _logged(self, kind: str, convo: str, message: dict[str, Any]) -> str:
        rev = f"r{len(self.log):06d}"
        entry = {"$type": f"chat.bsky.convo.defs#{kind}", "rev": rev, "convoId": convo}
        self.log.append(entry | {"message": message})
        return rev

    # ---- how it is told

    def view(self, uri: str) -> dict[str, Any]:
        post = self.posts[uri]
        who = uri.removeprefix("at://").partition("/")[0]
        viewer = {"replyDisabled": True} if uri in self.closed else {}
        return {
            "uri": uri, "cid": post["cid"], "author": person(who), "record": post["record"],
            "indexedAt": stamp(post["at"]), "viewer": viewer,
        }  # fmt: skip

    def _paged(self, name: str, shown: list[Any], asked: dict[str, list[str]]) -> Any:
        """Return a page, newest first, and where the next begins: before a moment, as there."""
        shown.sort(key=lambda one: (one["indexedAt"], one["uri"]), reverse=True)
        cursor = asked.get("cursor", [""])[0]
        left = [one for one in shown if not cursor or f"{one['indexedAt']}|{one['uri']}" < cursor]
        page = left[: int(asked["limit"][0])]
        told: dict[str, Any] = {name: page}
        if page:
            told["cursor"] = f"{page[-1]['indexedAt']}|{page[-1]['uri']}"
        return told

    def _session(self) -> Any:
        self.served += 1
        pair = {kind: f"{kind}-{self.served}" for kind in ("access", "refresh")}
        self.tokens |= {token: kind for kind, token in pair.items()}
        who = {"did": did("acme"), "handle": "acme.test", "active": True}
        return who | {"accessJwt": pair["access"], "refreshJwt": pair["refresh"]}


def did(name: str) -> str:
    return f"did:plc:{name}"


def convo_with(who: str) -> str:
    return f"convo-{who.rpartition(':')[2]}"


def person(who: str) -> dict[str, Any]:
    name = who.rpartition(":")[2]
    return {"did": who, "handle": f"{name}.test", "displayName": name.title()}


def cid(record: Any) -> str:
    told = json.dumps(record, sort_keys=True).encode("utf-8", "surrogatepass")
    return "bafy" + hashlib.sha256(told).hexdigest()[:40]


def stamp(at: datetime) -> str:
    at -= timedelta(microseconds=at.microsecond % 1000)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
