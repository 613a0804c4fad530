"""Two hosts with one PostgreSQL: an address and a data directory each, pages and a worker on both.

Network namespaces would need rights that test machines do not give; what the processes share is
the database and nothing else all the same.
"""

from __future__ import annotations

import json
import queue
import re
import sys
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from engine import Engine
from tests.conftest import new_database
from tools import program, tree
from tools.program import Program
from webapp.bootstrap import wire
from webapp.settings import Settings

HERE = Path(__file__).parent
HOSTS = ("127.0.0.1", "127.0.0.2")
PASSWORD = "correct horse"
#: Seconds in which something has to happen on a busy machine.
PATIENCE = 120


class Network:
    """The server behind the network ``calling``. Safe to use from many threads."""

    def __init__(self) -> None:
        self.looks: queue.Queue[tuple[str, int]] = queue.Queue()  #: account, process
        self.posts: list[tuple[str, str]] = []  #: key, text
        self._told: dict[str, list[tuple[str, str, str]]] = {}
        self._open = {"north": threading.Event(), "south": threading.Event()}
        self._lock = threading.Lock()
        self.release()

    def tell(self, account: str, text: str) -> None:
        """Let a mention appear."""
        with self._lock:
            told = self._told.setdefault(account, [])
            told.append((f"{account}-{len(told)}", text, datetime.now(UTC).isoformat()))

    def hold(self, account: str) -> None:
        """Keep whoever reads ``account`` from now on waiting."""
        self._open[account].clear()

    def release(self) -> None:
        """Let everybody go on."""
        for event in self._open.values():
            event.set()

    def reader(self, account: str, *, besides: int = 0) -> int:
        """Wait until a process reads ``account``, another one than ``besides``; return its id."""
        while True:
            read, process = self.looks.get(timeout=PATIENCE)
            if read == account and process != besides:
                return process

    def answer(self, what: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Answer one request."""
        if what == "feed":
            self.looks.put((asked["account"], asked["process"]))
            self._open[asked["account"]].wait(PATIENCE)
            with self._lock:
                told = self._told.get(asked["account"], [])[asked["after"] :]
            return {"mentions": told, "position": asked["after"] + len(told)}
        with self._lock:
            keys = [key for key, _ in self.posts]
            if what == "post" and asked["key"] not in keys:
                self.posts.append((asked["key"], asked["text"]))
                keys.append(asked["key"])
            return {"id": f"post-{asked['key']}" if asked["key"] in keys else None}


class _Handler(BaseHTTPRequestHandler):
    network: Network

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(self.network.answer(self.path.strip("/"), asked)).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            return  # whoever asked is dead by now

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Browser:
    """A person behind a proxy: one cookie for all hosts, each request to the host it names."""

    def __init__(self, addresses: list[str]) -> None:
        self._addresses = addresses
        self._cookies: dict[str, str] = {}
        self._logged_in = False

    def get(self, host: int, path: str) -> str:
        with closing(self._ask(host, path)) as answer:
            text: str = answer.read().decode()
            return text

    def post(self, host: int, path: str, **form: str) -> str:
        # A form is opened on the other host than it is sent to.
        page = self.get(1 - host, "/inbox" if self._logged_in else "/login")
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token, page[:2000]
        told = urllib.parse.urlencode({"csrf_token": token[1], **form}).encode()
        with closing(self._ask(host, path, told)) as answer:
            text: str = answer.read().decode()
            return text

    def log_in(self, host: int, login: str) -> None:
        self.post(host, "/login", login=login, password=PASSWORD)
        self._logged_in = True

    def listen(self, host: int) -> Stream:
        """Open a live page and wait until it is greeted."""
        return Stream(self._ask(host, "/live"))

    def _ask(self, host: int, path: str, told: bytes | None = None) -> Any:
        request = urllib.request.Request(self._addresses[host] + path, told)
        request.add_header("Cookie", "; ".join(f"{k}={v}" for k, v in self._cookies.items()))
        opener = urllib.request.build_opener(_Staying)
        answer = opener.open(request, timeout=PATIENCE)
        for header in answer.headers.get_all("Set-Cookie", []):
            name, _, value = header.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer


class _Staying(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an answer: it would lead on with cookies of its own."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        fp.status = code
        return fp

    http_error_303 = http_error_302


class Stream:
    """An open live page: what it was told, in order."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._told: queue.Queue[tuple[str, Any]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.next()[0] == "hello"

    def next(self) -> tuple[str, Any]:
        """Return the next event and its data."""
        return self._told.get(timeout=PATIENCE)

    def until(self, event: str, id: int) -> list[tuple[str, int]]:
        """Return what it was told, up to and with one event."""
        told: list[tuple[str, int]] = []
        while (event, id) not in told:
            name, data = self.next()
            told.append((name, data.get("id", 0)))
        return told

    def _read(self) -> None:
        event = ""
        for line in self._answer:
            text = line.decode().rstrip("\n")
            if text.startswith("event: "):
                event = text.removeprefix("event: ")
            elif text.startswith("data: "):
                self._told.put((event, json.loads(text.removeprefix("data: "))))


@dataclass
class Cluster:
    """The processes of both hosts."""

    folder: Path
    url: str
    engine: Engine  #: on the same database, as a command would open it
    network: Network
    port: int  #: of the network
    addresses: list[str] = field(default_factory=list)
    webs: list[Program] = field(default_factory=list)
    workers: list[Program] = field(default_factory=list)

    def start(self, host: int, command: str, *arguments: str) -> Program:
        """Start a process on one of the hosts."""
        number = len(list(self.folder.glob("*.txt")))
        return program.start(
            Path(sys.executable),
            ["-m", "tests.start_corral", str(HERE / "networks"), command, *arguments],
            folder=self.folder,
            output=self.folder / f"{number}-{command}.txt",
            environment={
                "PYTHONPATH": str(tree.ROOT),
                "CORRAL_DATABASE_URL": self.url,
                "CORRAL_SECRET_KEY": "k" * 40,
                "CORRAL_DATA": str(self.folder / f"data{host}"),
            },
        )

    def start_web(self, host: int, command: str = "web") -> None:
        port = program.free_port()
        self.webs.append(self.start(host, command, "--host", HOSTS[host], "--port", str(port)))
        self.addresses.append(f"http://{HOSTS[host]}:{port}")

    def start_worker(self, host: int) -> None:
        self.workers.append(self.start(host, "worker"))

    def wait_up(self) -> None:
        """Wait until every process does what it is for."""
        for web, address in zip(self.webs, self.addresses, strict=True):
            web.until(lambda at=address: program.answers(f"{at}/login"), within=PATIENCE)
        for worker in self.workers:
            worker.until(lambda one=worker: "This worker runs" in one.text, within=PATIENCE)

    def furnish(self) -> None:
        """Wait until it runs, and make in it what there is to work on."""
        self.wait_up()
        self.engine = Engine.open(self.url)
        furnish(self.engine, self.url, self.port)

    def until(self, happened: Callable[[], bool]) -> None:
        """Wait until something is so, while both webs live."""
        self.webs[0].until(happened, within=PATIENCE)

    def browser(self) -> Browser:
        return Browser(self.addresses)


@contextmanager
def serving() -> Iterator[tuple[Network, int]]:
    """Give the server in the test, and its port."""
    network = Network()
    handler = type("Handler", (_Handler,), {"network": network})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield network, server.server_address[1]
    network.release()
    server.shutdown()
    server.server_close()


@contextmanager
def nothing(postgres: str, folder: Path) -> Iterator[Cluster]:
    """Give an empty database on which nothing runs yet; what is started ends with the block."""
    with ExitStack() as stack:
        network, port = stack.enter_context(serving())
        _, url = stack.enter_context(new_database(postgres))
        cluster = Cluster(folder, url, None, network, port)  # type: ignore[arg-type]
        stack.callback(lambda: [each.kill() for each in (*cluster.webs, *cluster.workers)])
        yield cluster
        if cluster.engine is not None:
            cluster.engine.close()


@pytest.fixture
def empty(postgres: str, tmp_path: Path) -> Iterator[Cluster]:
    """An empty database on which nothing runs yet; what is started ends with the test."""
    with nothing(postgres, tmp_path) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def cluster(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two webs and two workers that were all started at once on an empty database.

    Starting them takes longer than what tests do with them, so they stay for all of a module.
    """
    with nothing(postgres, tmp_path_factory.mktemp("cluster")) as cluster:
        for host in (0, 1):
            cluster.start_web(host)
            cluster.start_worker(host)
        cluster.furnish()
        yield cluster


def furnish(engine: Engine, url: str, port: int) -> None:
    """Make people, a process, and two accounts, in an installation that runs already."""
    installation = wire(engine, Settings(database_url=url))
    installation.rooms.people.add("default", "ana", PASSWORD, roles=["agent"])
    engine.deploy([HERE / "answering.bpmn"])
    for account in ("north", "south"):
        installation.services().conversations.ensure_account(
            "calling", account, settings={"port": port, "poll_seconds": [0.2, 0.5]}
        )
