"""Makes trouble at random moments, and lets a whole run come to rest.

What it does follows from a seed; when exactly it strikes depends on the machine, so a seed gives
the same troubles in the same order, not the same run.
"""

from __future__ import annotations

import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine import Engine
from engine.errors import EngineError
from tests.channels.conftest import lapse
from tests.crash.house import PATIENCE, CrashError, House, Part
from tests.crash.judge import Judge, Seen
from tests.crash.load import Load
from tools import program

#: Share of posts that meet trouble of their own while the monkey is at work.
POSTS_IN_TROUBLE = 0.25
#: Seconds a stopped process stays stopped: longer than the leases of a worker.
STOPPED = 20.0
#: Seconds in which something has to be done of what is left; a busy machine takes its time.
REST = 150
#: Seconds by which the clock is moved on while waiting, so that pauses and retries come due.
STEP = 20.0

#: What has to be zero when nothing is left to do.
_UNREST = {
    "events": "SELECT count(*) FROM inbox",
    "instances": "SELECT count(*) FROM instance WHERE status = 'active'",
    "replies": "SELECT count(*) FROM reply WHERE due_at IS NOT NULL OR status IN "
    "('approved', 'sending', 'retryable', 'unknown')",
}


@dataclass
class Summary:
    """How a run went."""

    seed: int
    done: Counter[str] = field(default_factory=Counter)  #: troubles by name
    figures: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything, for people."""
        troubles = ", ".join(f"{count} {name}" for name, count in sorted(self.done.items()))
        figures = ", ".join(f"{count} {name}" for name, count in self.figures.items())
        verdict = "clean" if not self.faults else f"{len(self.faults)} faults"
        lines = [f"seed {self.seed}: {verdict}", f"  troubles: {troubles}", f"  seen: {figures}"]
        return "\n".join([*lines, *(f"  - {fault}" for fault in self.faults[:40])])


class Monkey:
    """Troubles of one installation."""

    def __init__(self, house: House, engine: Engine, seed: int) -> None:
        """Choose which troubles there can be here; ``engine`` is on the same database."""
        self._house = house
        self._engine = engine
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self._stopped: dict[str, float] = {}
        self._troubles: dict[str, tuple[int, Callable[[], None]]] = {
            "kills": (5, self._kill),
            "kills of one process": (2, self._kill_one),
            "stops": (1, self._end),
            "networks down": (2, self._network_down),
            "clock jumps": (1, self._jump),
        }
        if len(house.parts) > 1:
            self._troubles["zombies"] = (2, self._stop_one)
        if house.restart_database is not None:
            self._troubles["database restarts"] = (1, self._restart_database)
        if house.small_disk is not None:
            self._troubles["full disks"] = (1, self._fill_disk)

    def work(self, seconds: float, *, pause: tuple[float, float] = (1.0, 4.0)) -> None:
        """Make trouble for so many seconds, then mend all of it."""
        end = time.monotonic() + seconds
        self._house.tell_network("/faults", {"trouble": POSTS_IN_TROUBLE})
        names = list(self._troubles)
        weights = [self._troubles[name][0] for name in names]
        while time.monotonic() < end:
            time.sleep(self._random.uniform(*pause))
            (name,) = self._random.choices(names, weights)
            self._troubles[name][1]()
            self.done[name] += 1
            self._revive()
        self.mend()

    def mend(self) -> None:
        """End all trouble but that of single posts: everything runs, answers, and has room."""
        self._house.tell_network("/faults", {"trouble": POSTS_IN_TROUBLE})
        for part in self._house.parts:
            part.send(signal.SIGCONT)
            self._house.revive(part)
        for part in self._house.parts:
            self._house.wait_up(part)

    def _kill(self) -> None:
        part = self._random.choice(self._house.parts)
        part.kill()
        # Sometimes its successor comes at once, sometimes the work of others goes on without it.
        time.sleep(self._random.choice((0.0, 0.0, 0.5, 2.0)))
        self._house.start(part)
        if len(self._house.parts) == 1:
            self._house.wait_up(part)

    def _kill_one(self) -> None:
        """Kill the part of a server that watches, or the one that works."""
        part = self._random.choice(self._house.parts)
        part.kill_one(self._random.choice)
        if len(self._house.parts) == 1:
            self._house.wait_up(part)

    def _end(self) -> None:
        """Ask a process to end, which it does in its own time, and start it again."""
        part = self._random.choice(self._house.parts)
        if part.name in self._stopped or not part.alive:
            return
        part.end(within=PATIENCE)
        self._house.start(part)
        if len(self._house.parts) == 1:
            self._house.wait_up(part)

    def _network_down(self) -> None:
        self._house.tell_network("/faults", {"down": True})
        time.sleep(self._random.uniform(0.5, 4.0))
        self._house.tell_network("/faults", {"trouble": POSTS_IN_TROUBLE})

    def _jump(self) -> None:
        """Move the clock by minutes, forwards or back."""
        seconds = (self._random.uniform(-60, 0), self._random.uniform(0, 300))
        jump(self._house, self._random.choice(seconds))

    def _stop_one(self) -> None:
        """Stop a process where it stands, until long after others took over its work."""
        running = [part for part in self._house.parts if part.name not in self._stopped]
        if len(running) > 1:
            part = self._random.choice(running)
            part.send(signal.SIGSTOP)
            self._stopped[part.name] = time.monotonic() + STOPPED

    def _restart_database(self) -> None:
        assert self._house.restart_database is not None
        self._house.restart_database()

    def _fill_disk(self) -> None:
        assert self._house.small_disk is not None
        filler = self._house.small_disk / "filler"
        try:
            with filler.open("wb", buffering=0) as file:
                while file.write(b"\0" * 4096):
                    pass
        except OSError:
            time.sleep(self._random.uniform(0.5, 3.0))
        filler.unlink()

    def _revive(self) -> None:
        """Let stopped processes go on when their time is over; start what gave up."""
        for part in self._house.parts:
            if self._stopped.get(part.name, 0) > time.monotonic():
                continue
            if self._stopped.pop(part.name, None) is not None:
                # As if it had been stopped for longer than any lease lasts.
                with suppress(EngineError, SQLAlchemyError):
                    lapse(self._engine)
                part.send(signal.SIGCONT)
            self._house.revive(part)


def run(
    house: House,
    *,
    seed: int,
    seconds: float,
    pause: tuple[float, float] = (1.0, 4.0),
    most: int = 10**9,
) -> Summary:
    """Put an installation under load and trouble for ``seconds``, then judge it at rest.

    Trouble comes every ``pause`` seconds (least, most); customers write ``most`` mentions.
    """
    with house.opened() as installation:
        monkey = Monkey(house, installation.engine, seed)
        load = Load(house, installation, seed, most=most)
        load.start()
        try:
            monkey.work(seconds, pause=pause)
            load.writing.clear()
            rest(house, load)
        finally:
            load.stop()
        judge = Judge(installation.engine, Seen.in_log(house.log), load.promises)
        summary = Summary(seed, monkey.done, faults=judge.faults())
        summary.figures = judge.figures | {"errors that people met": load.promises.errors}
    return summary


def rest(house: House, load: Load) -> None:
    """Wait until nothing is left to do, moving the clock on; operators resolve incidents.

    Raises:
        CrashError: it does not come to rest; what is left is named.
    """
    least, end = None, 0.0
    while left := _left(load):
        if least is None or sum(left.values()) < least:
            least, end = sum(left.values()), time.monotonic() + REST
        if time.monotonic() > end:
            outputs = "\n".join(_tail(part) for part in house.parts)
            raise CrashError(f"does not come to rest, left are {left}:\n{outputs}")
        time.sleep(0.5)
        for part in house.parts:
            house.revive(part)
        jump(house, STEP)
        _resolve(load)


def jump(house: House, seconds: float) -> None:
    """Move the clock of all processes, once nothing is on its way to the network.

    Of a post that is under way while the clock jumps, nobody can say by the clock for how long.
    """
    while house.ask_network("/truth")["in_flight"]:
        time.sleep(program.LOOK)
    house.clock.jump(seconds)


def _left(load: Load) -> dict[str, int]:
    engine = load.installation.engine
    with engine.reading() as view:
        found = {name: view.connection.scalar(text(query)) for name, query in _UNREST.items()}
        stored = view.connection.scalar(text("SELECT count(*) FROM mention"))
    found["mentions"] = len(load.promises.told) - stored
    return {name: count for name, count in found.items() if count}


def _resolve(load: Load) -> None:
    engine = load.installation.engine
    for incident in engine.incidents():
        try:
            engine.resolve(incident.id, by="oli")
        except (EngineError, SQLAlchemyError):
            load.promises.errors += 1


def _tail(part: Part, lines: int = 40) -> str:
    output: Path = part.output
    return "\n".join(output.read_text(errors="replace").splitlines()[-lines:])
