"""How soon a user task is completed through HTTP, at 100 requests a second.

Two ``corral web`` and one ``corral worker`` on a PostgreSQL server that flushes every commit,
everything on this machine: what ``docs/operating/cluster.md`` advises for two cores.
Agents with sessions of their own, each with a live page open, complete complaints: each completion
is a POST with form and CSRF token, and the page it leads to, which is the next user task. Both
count, so 50 are begun a second, at fixed moments whether or not those before have ended; the time
runs from that moment until the page has been read. Nothing is left out of what a completion
does: form, rule of the supervisor, history, wake-ups, live news, and the reply that is sent.

The floor is the p95 of ``/health/live``, which does nothing, at 100 requests a second.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from queue import SimpleQueue
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher

from engine import Engine
from tests.benchmarks.percentiles import p95
from tests.benchmarks.workers import workers
from tools import herd, program
from tools.bench import Figure, Run
from tools.postgres import database, server
from webapp.bootstrap import wire
from webapp.settings import Settings

RATE = 100.0  #: requests a second
SECONDS = 40
INSTANCES = 60_000
AGENTS, WATCHED = 24, 8  #: and how many of them have a live page open
WEBS = 2  #: processes that serve pages; half of the agents at each
PAGES = "text/html,application/xhtml+xml,*/*;q=0.8"  #: what a browser asks for
IDLE = 3.0  #: seconds after which a connection is not used again: the server may close it
BAR = 60.0


class Agent:
    """Somebody who has logged in, with one connection for each thread that acts for them."""

    def __init__(self, address: str, login: str) -> None:
        """Log in."""
        place = urlsplit(address)
        self._place = (place.hostname or "", place.port or 0)
        self._connections = threading.local()
        self.cookie = ""
        self.token = self._token("/login")
        self.post("/login", {"login": login, "password": herd.PASSWORD})
        self.token = self._token("/inbox")

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of a page."""
        answer = self._asked("GET", path)
        return answer.status, answer.read()

    def post(self, path: str, form: Mapping[str, str]) -> str:
        """Send a form and return where it leads.

        Raises:
            RuntimeError: it was not accepted.
        """
        answer = self._asked("POST", path, urlencode({"csrf_token": self.token, **form}))
        body = answer.read()
        if answer.status != 303:
            raise RuntimeError(f"{path} answers {answer.status}: {body[:300]!r}")
        return answer.headers["Location"] or "/"

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Keep a live page open during the block."""
        connection = HTTPConnection(*self._place)
        connection.request("GET", "/live", headers={"Cookie": self.cookie})
        stream = connection.getresponse()

        def read() -> None:
            with contextlib.suppress(OSError, ValueError, AttributeError):
                while stream.readline():
                    pass

        threading.Thread(target=read, daemon=True).start()
        try:
            yield
        finally:
            connection.close()

    def _asked(self, method: str, path: str, body: str | None = None) -> HTTPResponse:
        last, connection = getattr(self._connections, "open", (0.0, None))
        if connection is None or time.monotonic() - last > IDLE:
            connection = HTTPConnection(*self._place, timeout=30)
        self._connections.open = time.monotonic(), connection
        headers = {"Cookie": self.cookie, "Accept": PAGES}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer: HTTPResponse = connection.getresponse()
        if cookie := answer.headers["Set-Cookie"]:
            self.cookie = cookie.partition(";")[0]
        return answer

    def _token(self, path: str) -> str:
        status, page = self.get(path)
        found = re.search(rb'name="csrf-token" content="([^"]+)"', page)
        if found is None:
            raise RuntimeError(f"{path} answers {status} and bears no CSRF token.")
        return found[1].decode()


def at_rate(rate: float, work: Callable[[int], None], pieces: Sequence[int]) -> list[float]:
    """Begin each piece of work at its moment, and return the milliseconds until each had ended.

    The time runs from the moment at which it should have begun: what had to wait because others
    took long is late as well.
    """
    begin = time.perf_counter() + 0.1

    def one(number: int, piece: int) -> float:
        moment = begin + number / rate
        if (early := moment - time.perf_counter()) > 0:
            time.sleep(early)
        work(piece)
        return (time.perf_counter() - moment) * 1000

    with ThreadPoolExecutor(AGENTS) as threads:
        return list(threads.map(one, range(len(pieces)), pieces))


def measure(run: Run) -> Mapping[str, Figure]:
    """Fill a database, start a server on it, and complete user tasks."""
    with server(run.folder / "postgres") as address:
        url = database(address, "http")
        seed = herd.SEED if run.shrink == 1 else herd.SMALL_SEED
        tasks = _prepared(url, max(INSTANCES // run.shrink, 3_000), seed)
        with workers(url, run.folder, 1), ExitStack() as webs:
            places = [webs.enter_context(_pages(url, run.folder)) for _ in range(WEBS)]
            return _measured(run, places, tasks)


def _measured(run: Run, places: Sequence[str], tasks: Sequence[int]) -> Mapping[str, Figure]:
    count = max(int(RATE / 2 * SECONDS) // run.shrink, 50)
    if len(tasks) < count + AGENTS * 4:
        raise RuntimeError(f"There are {len(tasks)} user tasks to complete, too few.")
    agents = [Agent(places[number % WEBS], f"agent{number}") for number in range(AGENTS)]
    free: SimpleQueue[Agent] = SimpleQueue()
    for agent in agents:
        free.put(agent)

    def idle(_: int) -> None:
        with _one_of(free) as agent:
            _look(agent)

    def complete(id: int) -> None:
        with _one_of(free) as agent:
            _complete(agent, id)

    with ExitStack() as pages:
        for agent in agents[:WATCHED]:
            pages.enter_context(agent.watching())
        at_rate(
            RATE / 2, complete, tasks[count : count + AGENTS * 4]
        )  # so that everything is loaded
        floor = p95(at_rate(RATE, idle, range(count * 2)))
        before = _cpu()
        took = at_rate(RATE / 2, complete, tasks[:count])
        spent = {name: seconds - before.get(name, 0) for name, seconds in _cpu().items()}
    told = ", ".join(f"{name} {one / count * 1000:.1f}" for name, one in sorted(spent.items()))
    run.say(
        f"http: {count} completions, median {sorted(took)[count // 2]:.1f} ms; "
        f"milliseconds of CPU each: {told}"
    )
    return {"http_complete_p95_ms": Figure(p95(took), "ms", floor, BAR, more_is_better=False)}


@contextmanager
def _one_of(free: SimpleQueue[Agent]) -> Iterator[Agent]:
    """Give an agent who does nothing else meanwhile: a person reads one answer at a time."""
    agent = free.get()
    try:
        yield agent
    finally:
        free.put(agent)


def _complete(agent: Agent, id: int) -> None:
    form = {"answer": "It is on its way.", "visibility": "public", "next_step": "reply"}
    following = agent.post(f"/tasks/{id}/complete", form)
    status, page = agent.get(following)
    if status != 200 or b"Done: " not in page:
        raise RuntimeError(f"{following} answers {status} and does not tell of the completion.")


def _look(agent: Agent) -> None:
    status, _ = agent.get("/health/live")
    if status != 200:
        raise RuntimeError(f"/health/live answers {status}.")


def _prepared(url: str, instances: int, seed: int) -> list[int]:
    """Fill the database, and return the ids of user tasks that anybody may complete."""
    herd.fill(url, instances=instances, seed=seed)
    with closing(Engine.open(url)) as engine:
        rooms = wire(engine, Settings(database_url=None), hasher=PasswordHasher(1, 8, 1)).rooms
        for number in range(AGENTS):
            rooms.people.add("default", f"agent{number}", herd.PASSWORD, roles=["agent"])
        known = rooms.of_workspace("default").conversations
        for state in known.accounts():
            known.change_account(state.account.id, settings={"mentions_per_minute": 0})
        with engine.reading() as view:
            query = (
                "SELECT id FROM user_task WHERE workspace_id = %s AND status = 'created' "
                "AND element = 'answer_complaint' AND due > now() + interval '1 hour' ORDER BY due"
            )
            rows = view.connection.exec_driver_sql(query, (view.workspace_id,))
            return [int(id) for (id,) in rows]


@contextmanager
def _pages(url: str, folder: Path) -> Iterator[str]:
    """Serve pages until the block ends, and give their address."""
    environment = {
        "CORRAL_DATABASE_URL": url,
        "CORRAL_LOGIN_LIMIT": "1000 per minute",
        "CORRAL_LOG_LEVEL": "warning",
    }
    with program.serving(
        program.CORRAL, command="web", folder=folder, data=folder / "data", environment=environment
    ) as (running, place):
        yield place
        running.stop()


def _cpu() -> dict[str, float]:
    """Return the CPU seconds of each kind of process this one has started, and of itself.

    Empty where the system does not tell.
    """
    ticks: dict[str, int] = {}
    parents: dict[int, int] = {}
    own: dict[int, tuple[str, int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            words = (place / "cmdline").read_bytes().split(b"\0")
            id = int(place.name)
            parents[id] = int(fields[1])
            own[id] = _kind(words), int(fields[11]) + int(fields[12])
    for id, (kind, spent) in own.items():
        above = id
        while above not in {os.getpid(), 0}:
            above = parents.get(above, 0)
        if above:
            name = "the client" if id == above else kind
            ticks[name] = ticks.get(name, 0) + spent
    return {name: count / os.sysconf("SC_CLK_TCK") for name, count in ticks.items()}


def _kind(words: Sequence[bytes]) -> str:
    for kind in (b"web", b"worker"):
        if kind in words:
            return f"corral {kind.decode()}"
    return "the rest" if not words[0].startswith(b"postgres") else "PostgreSQL"
