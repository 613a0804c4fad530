"""Corral as people run it, on a database of its own: started, killed, and started again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from channels.conversations import Conversations
from channels.sealing import Seals
from channels.storage import prepare
from engine import Engine, InstanceStatus, Source
from tests.cluster.conftest import PASSWORD, Browser
from tools import program, tree
from tools.program import Program
from webapp.bootstrap import wire
from webapp.settings import Settings

HERE = Path(__file__).parent
AGENT = "ana"
#: Seconds in which something has to happen on a busy machine.
PATIENCE = 120


@dataclass
class House:
    """A data directory, what the test sees of it, and the process that works on it."""

    folder: Path
    engine: Engine
    conversations: Conversations
    stack: ExitStack
    address: str = ""
    process: Program | None = None
    started: int = field(default=0)
    port: int = field(default_factory=program.free_port)

    @property
    def order(self) -> Path:
        """The file that orders the process to die with its next reply, if its network obeys."""
        return self.folder / "die"

    def start(self) -> None:
        """Start Corral and wait until it answers, at the same address as before."""
        self.address, self.started = f"http://127.0.0.1:{self.port}", self.started + 1
        self.process = self.stack.enter_context(
            program.start(
                Path(sys.executable),
                [
                    "-m",
                    "tests.start_corral",
                    str(HERE / "networks"),
                    "run",
                    "--port",
                    str(self.port),
                ],
                folder=self.folder,
                output=self.folder / f"run{self.started}.txt",
                environment={
                    "PYTHONPATH": str(tree.ROOT),
                    "CORRAL_DATA": str(self.folder / "data"),
                    "DEATH": str(self.order),
                },
            )
        )
        self.until(lambda: program.answers(f"{self.address}/login"))

    def is_killed(self) -> None:
        """End as in a power cut, and start again."""
        assert self.process is not None
        self.process.kill()
        self.start()

    def until(self, happened: Callable[[], object]) -> None:
        """Wait until something is so, while the process lives."""
        assert self.process is not None
        self.process.until(lambda: bool(happened()), within=PATIENCE)

    def agent_answers(self) -> None:
        """Have the agent claim and complete the one open user task, in the pages."""
        self.until(lambda: len(self.engine.user_tasks()) == 1)
        task = self.engine.user_tasks()[0]
        agent = Browser([self.address, self.address])
        agent.log_in(0, AGENT)
        agent.post(0, f"/tasks/{task.id}/claim")
        agent.post(0, f"/tasks/{task.id}/complete")

    def instances(self) -> list[InstanceStatus]:
        """Return how the instances there are stand."""
        return [one.status for one in self.engine.instances()]


@contextmanager
def opened(
    folder: Path,
    network: str,
    handle: str,
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    processes: Sequence[Path | Source] = (HERE / "care.bpmn",),
) -> Iterator[House]:
    """Give an installation with one account, one agent and these processes, running."""
    data = folder / "data"
    data.mkdir()
    key = program.clean_environment()["CORRAL_CREDENTIALS_KEY"]
    with ExitStack() as stack:
        engine = Engine.open(f"sqlite:///{data / 'corral.sqlite'}")
        stack.callback(engine.close)
        prepare(engine)
        wire(engine, Settings(data=data)).rooms.people.add(
            "default", AGENT, PASSWORD, roles=["agent"]
        )
        engine.deploy(processes)
        conversations = Conversations(engine, Seals.of(key))
        conversations.ensure_account(
            network, handle, settings={"poll_seconds": [0.5, 1], **settings}, secrets=secrets
        )
        house = House(folder, engine, conversations, stack)
        house.start()
        yield house
