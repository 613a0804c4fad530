"""A network that counts every post: a program of its own that no kill of Corral reaches.

It serves three accounts, named after what the network can do for whoever is in doubt:

``keyed``   a second post with the same idempotency key is answered with the first one's id
``shown``   keys mean nothing, but posts can be looked for
``blind``   neither: a post that was cut off stays unclear until a person looks

Everything that happens is a line of JSON in a log, written before it is answered::

    {"what": "told", "account", "id", "thread"}       a mention appeared
    {"what": "call", "account", "key", "text"}        somebody asked us to post
    {"what": "post", "account", "key", "text", "id"}  a post appeared: the effect, seen by customers

Faults are set with ``PUT /faults``; with the chance ``trouble`` a call meets one of them. A call
that is delayed has its effect whether or not its caller lives to hear of it; one that is late is
cut off first, and has its effect when its caller may be looking for it already.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ACCOUNTS = ("keyed", "shown", "blind")
#: Entries of a feed handed out at once, and how many known ones may come with them.
PAGE, OVERLAP = 20, 3
TROUBLES = (
    "delay", "late", "cut before", "cut after", "500 before", "500 after", "busy", "refuse",
)  # fmt: skip
#: Longest delay of a call, in seconds.
DELAY = 3.0


class Network:
    """What the network knows. Safe to use from many threads."""

    def __init__(self, log: Path, seed: int) -> None:
        """Begin with what an earlier run left in ``log``."""
        self.faults: dict[str, Any] = {"down": False, "trouble": 0.0}
        self.in_flight = 0
        self.lock = threading.RLock()
        #: Set to let calls go on that the fault ``hold`` keeps, after their effect.
        self.released = threading.Event()
        self._random = random.Random(seed)
        self._feeds: dict[str, list[dict[str, Any]]] = {account: [] for account in ACCOUNTS}
        self._posts: dict[tuple[str, str], str] = {}  #: by account and key
        self._texts: dict[tuple[str, str], str] = {}  #: by account and text
        self._log = log.open("a", encoding="utf-8")

    def tell(self, account: str, entry: dict[str, Any]) -> None:
        """Let a mention appear."""
        with self.lock:
            self._note("told", account=account, id=entry["id"], thread=entry["thread"])
            at = datetime.now(UTC).isoformat()
            self._feeds[account].append({"kind": "mention", "at": at, **entry})

    def feed(self, account: str, after: int) -> dict[str, Any]:
        """Return entries behind a position; now and then some that were shown before."""
        with self.lock:
            feed = self._feeds[account]
            first = max(0, after - self._random.choice((0, 0, 0, OVERLAP)))
            last = min(len(feed), after + PAGE)
            return {"entries": feed[first:last], "position": last}

    def drawn(self) -> str | None:
        """Return the trouble the next call meets."""
        with self.lock:
            if "hold" in self.faults:
                return "hold"
            if self._random.random() >= self.faults["trouble"]:
                return None
            return self._random.choice(TROUBLES)

    def delay(self) -> float:
        """Return for how long a delayed call is kept, in seconds."""
        with self.lock:
            return self._random.uniform(0.2, DELAY)

    def called(self, account: str, post: dict[str, str]) -> None:
        """Note that somebody asked for a post."""
        with self.lock:
            self._note("call", account=account, key=post["key"], text=post["text"])

    def post(self, account: str, post: dict[str, str]) -> str:
        """Let a post of ours appear and return its id."""
        with self.lock:
            known = self._posts.get((account, post["key"]))
            if known is not None and account == "keyed":
                return known
            id = f"{account}-post-{len(self._texts)}-{self._random.randrange(10**9)}"
            self._note("post", account=account, key=post["key"], text=post["text"], id=id)
            self._posts[account, post["key"]] = self._texts[account, post["text"]] = id
            if account != "blind":
                own = {"kind": "own", "id": id, "text": post["text"], "thread": post["thread"]}
                self._feeds[account].append({"at": datetime.now(UTC).isoformat(), **own})
            return id

    def find(self, account: str, text: str) -> str | None:
        """Return the id of a post of ours."""
        with self.lock:
            return self._texts.get((account, text))

    def _note(self, what: str, **told: Any) -> None:
        self._log.write(json.dumps({"what": what, **told}) + "\n")
        self._log.flush()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    network: Network

    def do_GET(self) -> None:
        """Hand out the feed, look for a post, or tell the load's people what is really there."""
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        _, account, *rest = url.path.split("/")
        if account == "truth":
            found = [self.network.find(each, asked.get("text", "")) for each in ACCOUNTS]
            self._answer(200, {"there": any(found), "in_flight": self.network.in_flight})
        elif self.network.faults["down"]:
            self._cut()
        elif rest == ["feed"]:
            self._answer(200, self.network.feed(account, int(asked["after"])))
        elif account == "blind":
            self._answer(501, {})
        else:
            id = self.network.find(account, asked["text"])
            self._answer(200 if id else 404, {"id": id})

    def do_PUT(self) -> None:
        """Take faults, or mentions."""
        told = self._body()
        if self.path == "/faults":
            with self.network.lock:
                self.network.faults = {"down": False, "trouble": 0.0, **told}
            if "hold" in told:
                self.network.released.clear()
            else:
                self.network.released.set()
        else:
            for entry in told["mentions"]:
                self.network.tell(self.path.split("/")[1], entry)
        self._answer(200, {})

    def do_POST(self) -> None:
        """Take a post, or meet trouble on the way."""
        post, account = self._body(), self.path.split("/")[1]
        if self.network.faults["down"]:
            self._cut()
            return
        with self.network.lock:
            self.network.in_flight += 1
        try:
            self._take(account, post, self.network.drawn())
        finally:
            with self.network.lock:
                self.network.in_flight -= 1

    def _take(self, account: str, post: dict[str, str], trouble: str | None) -> None:
        self.network.called(account, post)
        if trouble == "busy":
            self._answer(503, {})
        elif trouble == "refuse":
            self._answer(422, {})
        elif trouble == "500 before":
            self._answer(500, {})
        elif trouble == "cut before":
            self._cut()
        else:
            if trouble == "late":
                self._cut()
            if trouble in ("delay", "late"):
                threading.Event().wait(self.network.delay())
            id = self.network.post(account, post)
            if trouble == "hold":
                self.network.released.wait(60)
            if trouble == "cut after":
                self._cut()
            elif trouble != "late":
                self._answer(500 if trouble == "500 after" else 200, {"id": id})

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        sent = json.dumps(body).encode()
        # Whoever asked may be dead by now.
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

    def _cut(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing; the log says it all."""


def main() -> None:
    """Serve until killed; the port is printed first."""
    parser = argparse.ArgumentParser()
    parser.add_argument("log", type=Path)
    parser.add_argument("seed", type=int)
    given = parser.parse_args()
    Handler.network = Network(given.log, given.seed)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
