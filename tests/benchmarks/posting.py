"""A stand-in for a server of Mastodon in a process of its own, on which people complain.

``python -m tests.benchmarks.posting`` prints its address; each line it reads, such as ``200 4000``,
has so many complaints a second posted until there are so many, and then it prints ``posted``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.networks.mastodon_server import MastodonServer
from tools.program import clean_environment
from tools.recording import OPENINGS
from tools.tree import ROOT

#: Those of the openings that are complaints: each becomes a user task.
COMPLAINTS = [text for text in OPENINGS if "?" not in text and "thank" not in text]


@dataclass(frozen=True, slots=True)
class Crowd:
    """People who complain when they are told."""

    address: str
    process: subprocess.Popen[str]

    def posts(self, rate: float, count: int) -> None:
        """Begin to post ``count`` complaints, so many a second; returns at once."""
        assert self.process.stdin
        self.process.stdin.write(f"{rate} {count}\n")
        self.process.stdin.flush()

    def done(self) -> None:
        """Wait until all have been posted."""
        assert self.process.stdout
        if self.process.stdout.readline().strip() != "posted":
            raise RuntimeError("The stand-in has ended.")


@contextmanager
def crowd() -> Iterator[Crowd]:
    """Start the server, and end it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.posting"], cwd=ROOT, env=clean_environment(),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        yield Crowd(process.stdout.readline().strip(), process)
    finally:
        process.kill()
        process.communicate()


def main() -> None:
    """Serve until the input ends."""
    server = MastodonServer()
    server.allows = 1_000_000  # else an account that answers all would have to wait
    print(server.address, flush=True)
    number = 0
    for line in sys.stdin:
        rate, count = json.loads(f"[{','.join(line.split())}]")
        begun = time.monotonic()
        for at in range(count):
            threading.Event().wait(max(0.0, begun + at / rate - time.monotonic()))
            number += 1
            text = COMPLAINTS[number % len(COMPLAINTS)].format(n=number)
            server.world.post(f"c{number}@other.example", f"@acme {text}")
        print("posted", flush=True)


if __name__ == "__main__":
    main()
