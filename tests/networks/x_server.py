"""A stand-in for X's API v2 on 127.0.0.1, which fails when and as it is told.

Faults, each for the next call that it fits: ``429``, ``429 bare`` (without the header that tells
when to come back), ``capped`` (the plan is used up), ``402``, ``401``, ``no write`` (the app may
only read), ``500 before``, ``500 after``, ``gone before``, ``gone after``, ``late`` (it is done and
never answered), ``cut`` (done; the answer ends in its middle), ``garbled`` (done; the answer is no
object), ``repeat`` and ``shuffle`` (of what is listed).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.networks import x_spec
from tests.networks.x_world import ME, RefusedError, World, moment_of

SECRETS = {
    "consumer_key": "key-of-app", "consumer_secret": "secret-of-app",
    "access_token": "key-of-acme", "access_token_secret": "secret-of-acme",
    "bearer_token": "bearer-of-app",
}  # fmt: skip
_AFTER = {"500 after", "gone after", "late", "cut", "garbled"}
_CAPPED = "https://api.twitter.com/2/problems/usage-capped"


@dataclass
class Told:
    status: int
    body: Any
    headers: dict[str, str]


class XServer:
    """The stand-in. ``world`` is what it knows; ``calls`` what it was asked, as (method, path)."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.world = World(now)
        self.now = now
        self.calls: list[tuple[str, str]] = []
        self.exchanges: list[tuple[str, str, dict[str, str], bytes, int, str, bytes]] = []
        self.counts: list[int] = []
        self._faults: list[tuple[str, str]] = []
        self._over = threading.Event()
        self._port = 0
        self.up()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def violations(self) -> list[str]:
        """Return how calls and answers differ from X's description. Slow: for when all is over."""
        return [one for exchange in self.exchanges for one in x_spec.violations(*exchange)]

    def fails(self, fault: str, where: str = "", times: int = 1) -> None:
        """Meet the next calls whose method and path hold ``where`` with a fault."""
        self._faults += [(fault, where)] * times

    def down(self) -> None:
        """Take no connections any more."""
        self._http.shutdown()
        self._http.server_close()

    def up(self) -> None:
        """Take connections, at the address of before."""
        self._http = ThreadingHTTPServer(("127.0.0.1", self._port), _Handler)
        self._http.daemon_threads = True
        self._http.owner = self  # type: ignore[attr-defined]
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=[0.01], daemon=True).start()

    def close(self) -> None:
        self._over.set()
        self.down()

    def asked(self, part: str) -> list[str]:
        """Return the paths that were asked for which hold ``part``."""
        return [path for method, path in self.calls if part in f"{method} {path}"]

    def fault_for(self, call: str) -> str | None:
        with self.world.lock:
            for one in self._faults:
                if one[1] in call:
                    self._faults.remove(one)
                    return one[0]
        return None

    def answer(self, method: str, target: str, body: bytes, fault: str | None) -> Told:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        if before := _before(fault, self.now()):
            return before
        try:
            with self.world.lock:
                told = self._route(method, parts.path, query, json.loads(body or b"{}"), fault)
        except RefusedError as error:
            return Told(error.status, error.problem, {})
        made = method == "POST" and "/media/" not in parts.path
        return Told(201 if made else 200, told, {})

    def _route(
        self, method: str, path: str, query: dict[str, str], body: Any, fault: str | None
    ) -> Any:
        world = self.world
        if (method, path) == ("POST", "/2/tweets"):
            id = world.create(body)
            return {"data": {"id": id, "text": world.posts[int(id)].text}}
        if path.startswith("/2/media/"):
            return world.media.answer(method, path, query, body)
        if method == "POST":
            message = world.send(body, _conversation(path))
            return {"data": {"dm_conversation_id": message.conversation,
                             "dm_event_id": str(message.id)}}  # fmt: skip
        if path == "/2/users/me":
            return {"data": _user(world.users[ME])}
        if name := re.fullmatch(r"/2/users/by/username/(\w+)", path):
            found = [u for u in world.users.values() if u["username"] == name[1]]
            return {"data": _user(found[0])} if found else _missing("username", name[1], "user")
        if path == f"/2/users/{ME}/mentions":
            return self._listed(world.mentions(), query, fault)
        if path == f"/2/users/{ME}/tweets":
            return self._listed(world.own(), query, fault)
        if path == "/2/tweets/search/recent":
            self._check_week(query)
            return self._listed(world.found(query["query"]), query, fault)
        if path == "/2/tweets/counts/recent":
            return self._counted()
        if path == "/2/tweets":
            return self._looked_up(query["ids"].split(","))
        if path.endswith("dm_events"):
            conversation = _conversation(path) if "/dm_conversations/" in path else None
            events = [m for m in reversed(world.messages) if conversation in (None, m.conversation)]
            return self._listed(events, query, fault)
        raise RefusedError(404, f"There is no {path}.")

    def _listed(self, things: list[Any], query: dict[str, str], fault: str | None) -> Any:
        token = query.get("pagination_token") or query.get("next_token")
        since = int(query.get("since_id", 0))
        until = min(int(query.get("until_id", 10**19)), int(token or 10**19))
        things = [one for one in things if since < one.id < until]
        page = things[: int(query.get("max_results", 10))]
        data = [one.told() for one in page]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": str(page[0].id), "oldest_id": str(page[-1].id)}
        if len(things) > len(page):
            meta["next_token"] = f"{page[-1].id:020d}"
        if fault == "repeat":
            data = data + data[:2]
        if fault == "shuffle":
            data.reverse()
        told: dict[str, Any] = {"meta": meta}
        if data:
            told["data"] = data
            who = {one.get("author_id") or one.get("sender_id") for one in data}
            users = [self.world.users[id] for id in sorted(filter(None, who))]
            if "expansions" in query:
                told["includes"] = {"users": users}
        return told

    def _looked_up(self, ids: list[str]) -> Any:
        there = [self.world.posts[int(id)].told() for id in ids if int(id) in self.world.posts]
        versions = {id for post in self.world.posts.values() for id in post.history}
        there += [{"id": id, "text": "older"} for id in ids if int(id) in versions]
        gone = [id for id in ids if id not in {one["id"] for one in there}]
        told: dict[str, Any] = {"data": there} if there else {}
        if gone:
            told["errors"] = [_missing("ids", id, "tweet")["errors"][0] for id in gone]
        return told

    def _counted(self) -> Any:
        began = self.now().replace(minute=0, second=0, microsecond=0)
        began -= timedelta(hours=len(self.counts) - 1)
        buckets = [
            {"start": f"{began + timedelta(hours=n):%Y-%m-%dT%H:%M:%S.000Z}",
             "end": f"{began + timedelta(hours=n + 1):%Y-%m-%dT%H:%M:%S.000Z}",
             "tweet_count": count}
            for n, count in enumerate(self.counts)
        ]  # fmt: skip
        return {"data": buckets, "meta": {"total_tweet_count": sum(self.counts)}}

    def _check_week(self, query: dict[str, str]) -> None:
        since = query.get("since_id")
        if since and moment_of(int(since)) < self.now() - timedelta(days=7):
            raise RefusedError(400, "'since_id' must be a tweet id created after 7 days ago.")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, *_: Any) -> None:
        return

    def _handle(self) -> None:
        server: XServer = self.server.owner  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        server.calls.append((self.command, self.path))
        fault = server.fault_for(f"{self.command} {self.path}")
        if fault == "gone before":
            self._vanish()
            return
        told = server.answer(self.command, self.path, body, fault)
        if told.status < 400 and not _authorized(self.command, self.path, self.headers):
            told = Told(401, _problem(401, "Unauthorized"), {})
        if fault == "late":
            server._over.wait(30)
            return
        if fault == "gone after":
            self._vanish()
            return
        if fault == "500 after":
            told = Told(503, _problem(503, "Service unavailable"), {})
        content = b"[]" if fault == "garbled" else json.dumps(told.body).encode()
        kind = "application/json" if told.status < 400 else "application/problem+json"
        if fault != "garbled":
            server.exchanges.append(
                (self.command, self.path, dict(self.headers), body, told.status, kind, content)
            )
        self._answer(told, kind, content[: len(content) // 2] if fault == "cut" else content)

    def _answer(self, told: Told, kind: str, content: bytes) -> None:
        self.send_response(told.status)
        for name, value in {"content-type": kind, "content-length": str(len(content)),
                            **told.headers}.items():  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _vanish(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True


def _before(fault: str | None, now: datetime) -> Told | None:
    """Return what is answered instead of doing anything."""
    if fault in {"429", "429 bare"}:
        reset = {"x-rate-limit-limit": "300", "x-rate-limit-remaining": "0",
                 "x-rate-limit-reset": str(int(datetime.now(UTC).timestamp()) + 120)}  # fmt: skip
        return Told(429, _problem(429, "Too Many Requests"), reset if fault == "429" else {})
    if fault == "capped":
        told = _problem(429, "Usage cap exceeded: Monthly product cap", _CAPPED)
        return Told(429, told | {"period": "Monthly", "scope": "Product"}, {})
    if fault == "no write":
        kind = "https://api.twitter.com/2/problems/oauth1-permissions"
        return Told(403, _problem(403, "Your client app is not configured to write.", kind), {})
    plain = {"402": 402, "401": 401, "500 before": 500}
    return Told(plain[fault], _problem(plain[fault], "No"), {}) if fault in plain else None


def _problem(status: int, detail: str, kind: str = "about:blank") -> dict[str, Any]:
    return {"type": kind, "title": "No", "detail": detail, "status": status}


def _missing(parameter: str, value: str, kind: str) -> dict[str, Any]:
    problem = {
        "type": "https://api.twitter.com/2/problems/resource-not-found",
        "title": "Not Found Error", "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "parameter": parameter, "value": value, "resource_id": value, "resource_type": kind,
    }  # fmt: skip
    return {"errors": [problem]}


def _user(user: dict[str, Any]) -> dict[str, Any]:
    return {name: user[name] for name in ("id", "name", "username")}


def _conversation(path: str) -> str:
    named = re.search(r"/dm_conversations/(?:with/(\d+)|([\d-]+))/", path)
    assert named
    return f"{ME}-{named[1]}" if named[1] else named[2]


def _authorized(method: str, target: str, headers: Any) -> bool:
    """Tell whether a call is signed with our four keys for the address of the real X."""
    told = headers.get("authorization", "")
    if told.startswith("Bearer "):
        return "/counts/" in target and told == f"Bearer {SECRETS['bearer_token']}"
    given = dict(re.findall(r'(\w+)="([^"]*)"', told))
    signature = unquote(given.pop("oauth_signature", ""))
    parts = urlsplit(target)
    pairs = [*parse_qsl(parts.query), *((k, unquote(v)) for k, v in given.items())]
    joined = "&".join(f"{k}={v}" for k, v in sorted((_encoded(k), _encoded(v)) for k, v in pairs))
    signed = "&".join(
        map(_encoded, (method, f"https://api.twitter.com{parts.path}", joined))
    ).encode()
    key = f"{SECRETS['consumer_secret']}&{SECRETS['access_token_secret']}".encode()
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha1).digest()).decode()
    keys = (given.get("oauth_consumer_key"), given.get("oauth_token"))
    ours = keys == (SECRETS["consumer_key"], SECRETS["access_token"])
    return ours and hmac.compare_digest(signature, expected)


def _encoded(text: str) -> str:
    return quote(text, safe="~")
