"""A whole installation for crash tests: real processes, a real database, a stand-in network.

Each part of Corral is a process group of its own, so that a kill reaches all of it at once, as a
power cut would; parts are found by their process id and by nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine import Engine
from tests.crash.shifted_clock import ShiftedClock, shifted
from tests.crash.stand_in_server import ACCOUNTS
from tools import program, tree
from webapp import bootstrap
from webapp.bootstrap import Installation
from webapp.settings import Settings

HERE = Path(__file__).parent
PROCESSES = HERE / "processes"
PASSWORD = "correct horse"
#: Where the network writes down what it saw.
LOG = "network.jsonl"
AGENTS = ("ana", "bea")
#: Seconds in which a part has to be up again, on a busy machine.
PATIENCE = 90


class CrashError(AssertionError):
    """Something did not come up, or did not come to rest."""


@dataclass
class Part:
    """One process of Corral, and how to start it again."""

    name: str
    arguments: list[str]
    output: Path
    port: int | None = None  #: where it answers requests; None for one without pages
    process: subprocess.Popen[bytes] | None = None
    #: Ids of all process groups there were: one whose leader was killed may outlive it a little.
    groups: list[int] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def send(self, sign: signal.Signals) -> None:
        """Send a signal to the process and all it has started."""
        for group in self.groups:
            with suppress(ProcessLookupError):
                os.killpg(group, sign)

    def members(self) -> list[int]:
        """Return the ids of its processes: a server is one that watches, and one that works."""
        group = str(self.process.pid) if self.process is not None else ""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            # A process that ended while we looked has nothing to read any more.
            with suppress(OSError):
                state, _, of_group = stat.read_text().rpartition(")")[2].split()[:3]
                if of_group == group and state != "Z":
                    found.append(int(stat.parent.name))
        return sorted(found)

    def kill_one(self, choose: Callable[[list[int]], int]) -> None:
        """End one of its processes; the others have to notice, and to end or to replace it."""
        if members := self.members():
            with suppress(ProcessLookupError):
                os.kill(choose(members), signal.SIGKILL)

    def end(self, *, within: float) -> None:
        """Ask it to end, and wait until it has.

        Raises:
            CrashError: it does not end, or says that it failed.
        """
        if self.process is None:
            return
        self.process.terminate()
        try:
            code = self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            raise CrashError(f"{self.name} does not end when it is told to") from None
        if code not in (0, -signal.SIGTERM):
            said = self.output.read_text(errors="replace")[-4000:]
            raise CrashError(f"{self.name} ended with {code}:\n{said}")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()
            self.process = None
        self.groups.clear()


@dataclass
class House:
    """The parts, the database and the network of one installation."""

    folder: Path
    settings: Settings
    network: int  #: port of the stand-in
    parts: list[Part] = field(default_factory=list)
    #: Restarts the database at once, without a word to anybody; None where it is a file.
    restart_database: Callable[[], None] | None = None
    #: A file system of its own under the data directory, that can be filled; None where it cannot.
    small_disk: Path | None = None

    @property
    def clock(self) -> ShiftedClock:
        """The clock of every process of the installation."""
        return ShiftedClock(self.folder / "clock")

    @property
    def log(self) -> Path:
        """What the network saw."""
        return self.folder / LOG

    @property
    def addresses(self) -> list[str]:
        """Where pages are, dead or alive."""
        return [f"http://127.0.0.1:{part.port}" for part in self.parts if part.port]

    def start(self, part: Part) -> None:
        """Start a part that does not run; :meth:`wait_up` says when it answers."""
        assert not part.alive, part.name
        environment = program.clean_environment() | {
            "CORRAL_DATA": str(self.settings.data),
            "CORRAL_LOGIN_LIMIT": "100000 per minute",
            "CORRAL_THREADS": "16",
            "PYTHONPATH": str(tree.ROOT),
        }
        if not self.settings.on_sqlite:
            environment["CORRAL_DATABASE_URL"] = self.settings.url
        command = [sys.executable, "-m", "tests.crash.start_corral", str(self.clock.file)]
        with part.output.open("ab") as output:
            part.process = subprocess.Popen(
                [*command, *part.arguments],
                cwd=self.folder, env=environment, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        part.groups.append(part.process.pid)

    def revive(self, part: Part) -> None:
        """Start a part that has ended, as a supervisor would."""
        if not part.alive:
            self.start(part)

    def wait_up(self, part: Part) -> None:
        """Wait until a part answers; one that gave up (no database yet) is started again."""
        end = time.monotonic() + PATIENCE
        while part.port and not program.answers(f"http://127.0.0.1:{part.port}/login"):
            self.revive(part)
            if time.monotonic() > end:
                raise CrashError(f"{part.name} does not answer:\n{part.output.read_text()[-4000:]}")
            time.sleep(program.LOOK)

    def tell_network(self, path: str, told: dict[str, Any]) -> None:
        """Tell the stand-in what to do."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.network}{path}", json.dumps(told).encode(), method="PUT"
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            answer.read()

    def ask_network(self, path: str) -> dict[str, Any]:
        """Ask the stand-in for the truth."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.network}{path}", timeout=20) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """Open the installation in this process too, on the same clock, as a command would."""
        with shifted(self.clock.file):
            engine = Engine.open(self.settings.url)
        try:
            yield bootstrap.wire(engine, self.settings)
        finally:
            engine.close()


def parts_of(folder: Path, *, sqlite: bool, webs: int) -> list[Part]:
    """Return the processes of an installation: all in one, or webs and two workers."""

    def part(name: str, command: str, *, pages: bool) -> Part:
        port = program.free_port() if pages else None
        arguments = [command, "--port", str(port)] if pages else [command]
        return Part(name, arguments, folder / f"{name}.txt", port)

    if sqlite:
        return [part("run", "run", pages=True)]
    pages = [part(f"web{number}", "web", pages=True) for number in range(1, webs + 1)]
    return [*pages, *(part(f"worker{number}", "worker", pages=False) for number in (1, 2))]


@contextmanager
def installed(
    folder: Path,
    url: str | None,
    *,
    seed: int,
    webs: int = 2,
    restart_database: Callable[[], None] | None = None,
    small_disk: Path | None = None,
) -> Iterator[House]:
    """Give an installation with people, processes and accounts, running; it ends with the block."""
    with ExitStack() as stack:
        network = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.stand_in_server", folder / LOG, str(seed)],
            cwd=tree.ROOT, stdout=subprocess.PIPE, stderr=(folder / "network.txt").open("wb"),
        )  # fmt: skip
        stack.callback(network.wait)
        stack.callback(network.kill)
        assert network.stdout
        port = int(network.stdout.readline())
        settings = Settings(data=(small_disk or folder) / "data", database_url=url)
        house = House(
            folder,
            settings,
            port,
            parts_of(folder, sqlite=url is None, webs=webs),
            restart_database,
            small_disk,
        )
        furnish(house)
        for part in house.parts:
            stack.callback(part.kill)
            house.start(part)
        for part in house.parts:
            house.wait_up(part)
        yield house


def furnish(house: House) -> None:
    """Make people, accounts, and what is deployed."""
    if house.settings.on_sqlite:
        house.settings.data.mkdir(parents=True, exist_ok=True)
    with house.opened() as installation:
        installation.engine.deploy(sorted(PROCESSES.iterdir()))
        for login in AGENTS:
            installation.rooms.people.add("default", login, PASSWORD, roles=["agent"])
        for account in ACCOUNTS:
            installation.services().conversations.ensure_account(
                "stand_in", account, settings={"port": house.network, "poll_seconds": [0.2, 0.5]}
            )
