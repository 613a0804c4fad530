"""A private Bluesky that nobody here wrote, and people on it. See ``bluesky/network.mjs``."""

from __future__ import annotations

import json
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from tests.waiting import until
from tools import program, real_networks

#: Seconds in which the servers have to be up, on a busy machine.
PATIENCE = 240
POST = "app.bsky.feed.post"


@dataclass
class Person:
    """Somebody with an account, writing by plain calls of their own, not by ours."""

    service: str
    handle: str
    password: str
    did: str
    token: str

    def ask(self, method: str, **params: Any) -> Any:
        """Return what the server answers to a question of theirs."""
        return self._called("GET", method, params=params)

    def tell(self, method: str, **told: Any) -> Any:
        """Have the server write something."""
        return self._called("POST", method, json=told)

    def posts(
        self, text: str, *, to: Person | None = None, under: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """Post ``text``, naming somebody in front, or answering a post; return address and cid."""
        words = f"@{to.handle} {text}" if to else text
        record: dict[str, Any] = {"$type": POST, "text": words, "createdAt": now()}
        if to:
            place = {"byteStart": 0, "byteEnd": len(to.handle) + 1}
            feature = {"$type": "app.bsky.richtext.facet#mention", "did": to.did}
            record["facets"] = [{"index": place, "features": [feature]}]
        if under:
            parent = {"uri": under["uri"], "cid": under["cid"]}
            record["reply"] = {"root": under.get("root", parent), "parent": parent}
        told = self.tell(
            "com.atproto.repo.createRecord", repo=self.did, collection=POST, record=record
        )
        return {"uri": told["uri"], "cid": told["cid"]}

    def deletes(self, uri: str) -> None:
        """Delete a post of theirs."""
        key = uri.rpartition("/")[2]
        self.tell("com.atproto.repo.deleteRecord", repo=self.did, collection=POST, rkey=key)

    def replies(self, uri: str) -> list[dict[str, Any]]:
        """Return the answers to a post as everybody sees them, first to last."""
        thread = self.ask("app.bsky.feed.getPostThread", uri=uri, depth=1)["thread"]
        posts = [one["post"] for one in thread.get("replies", []) if "post" in one]
        return sorted(posts, key=lambda post: post["indexedAt"])

    def app_password(self) -> str:
        """Make a password as people give it to programs."""
        name = secrets.token_hex(4)
        told = self.tell("com.atproto.server.createAppPassword", name=name)
        return str(told["password"])

    def _called(self, verb: str, method: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(
            verb, f"{self.service}/xrpc/{method}", headers=headers, timeout=60, **more
        )
        assert answer.ok, (method, answer.status_code, answer.text)
        return answer.json() if answer.content else None


class Network:
    """The servers, as one process."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self.service = str(self._told()["pds"])

    def person(self, name: str) -> Person:
        """Return somebody new, whom the network knows by now."""
        handle = f"{name}{secrets.token_hex(3)}.test"
        password = secrets.token_hex(8)
        told = requests.post(
            f"{self.service}/xrpc/com.atproto.server.createAccount", timeout=60,
            json={"handle": handle, "email": f"{handle}@example.com", "password": password},
        ).json()  # fmt: skip
        person = Person(self.service, handle, password, told["did"], told["accessJwt"])
        until(lambda: self._knows(person))
        return person

    def goes_down(self) -> None:
        """Let the server of accounts go away."""
        self._tell("down")

    def comes_up(self) -> None:
        """Start it again."""
        self._tell("up")

    def _knows(self, person: Person) -> bool:
        headers = {"Authorization": f"Bearer {person.token}"}
        path = f"{self.service}/xrpc/app.bsky.actor.getProfile?actor={person.did}"
        return requests.get(path, headers=headers, timeout=60).ok

    def _tell(self, deed: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{deed}\n".encode())
        self._process.stdin.flush()
        told = self._told()
        assert told.get("done") == deed, told

    def _told(self) -> dict[str, Any]:
        assert self._process.stdout
        for line in self._process.stdout:
            if line.startswith(b"{"):
                told: dict[str, Any] = json.loads(line)
                return told
        raise AssertionError(f"the private Bluesky ended:\n{self._log.read_text()[-4000:]}")


@contextmanager
def running(folder: Path, script: Path, redis: Path, postgres: str) -> Iterator[Network]:
    """Give a private Bluesky, its data in ``folder``; it ends with the block."""
    with ExitStack() as stack:
        port = program.free_port()
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        cache = subprocess.Popen([redis, *options], cwd=folder, stdout=subprocess.DEVNULL)
        stack.callback(cache.wait)
        stack.callback(cache.kill)
        names = ("PLC_PORT", "PDS_PORT", "BSKY_PORT", "OZONE_PORT")
        ports = {name: str(program.free_port()) for name in names}
        environment = {
            **program.clean_environment(), **ports, "TMPDIR": str(folder),
            "DB_POSTGRES_URL": postgres.replace("+psycopg", ""), "REDIS_HOST": f"127.0.0.1:{port}",
            "DB_POSTGRES_SCHEMA": "corral", "LOG_ENABLED": "false",
        }  # fmt: skip
        log = folder / "network.txt"
        with log.open("wb") as errors:
            servers = subprocess.Popen(
                [real_networks.node(), script], cwd=script.parent, env=environment,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            )  # fmt: skip
        stack.callback(_end, servers)
        yield Network(servers, log)


def now() -> str:
    """Return the present as records write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _end(servers: subprocess.Popen[bytes]) -> None:
    servers.terminate()
    try:
        servers.wait(timeout=20)
    except subprocess.TimeoutExpired:
        servers.kill()
        servers.wait()
