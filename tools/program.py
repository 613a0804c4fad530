"""Starts ``corral`` as a program of its own, as people do, and ends it, gently or not.

For tests of what only a real process shows: that the wheel starts, that a signal stops it, that a
kill loses nothing. A process started here never outlives the ``with`` block.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

#: The command of this environment.
CORRAL = Path(sys.executable).with_name("corral")
#: Seconds between two looks at something that another process will do.
LOOK = 0.05


class ProgramError(AssertionError):
    """The program ended, or did not do in time what was waited for; the text holds its output."""


@dataclass
class Program:
    """One running process; its output is kept in a file."""

    process: subprocess.Popen[bytes]
    output: Path

    def __enter__(self) -> Self:
        """Return the program itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Kill the process if it still runs."""
        if self.process.poll() is None:
            self.kill()

    @property
    def text(self) -> str:
        """What the program has printed so far, both streams."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def until(self, happened: Callable[[], bool], *, within: float) -> None:
        """Wait until ``happened`` returns True.

        Raises:
            ProgramError: the program ended first, or ``within`` seconds have passed.
        """
        end = time.monotonic() + within
        while not happened():
            if self._ended(LOOK):
                raise ProgramError(f"ended with {self.process.returncode}:\n{self.text}")
            if time.monotonic() > end:
                raise ProgramError(f"did not do it in {within} s:\n{self.text}")

    def ends(self, *, within: float) -> int:
        """Wait until the program has ended by itself and return its exit code."""
        if not self._ended(within):
            raise ProgramError(f"did not end in {within} s:\n{self.text}")
        return self.process.returncode

    def kill(self) -> None:
        """End it, and what it started, as a power cut would: no handler runs."""
        # Until it is waited for, its group is there, even if it has ended by itself.
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, *, within: float = 30) -> int:
        """Ask it to stop (SIGTERM) and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.ends(within=within)

    def _ended(self, within: float) -> bool:
        """Tell whether the process ends in that many seconds."""
        try:
            self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return False
        return True


def start(
    corral: Path,
    arguments: Sequence[str],
    *,
    folder: Path,
    output: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Program:
    """Start ``corral`` with ``arguments`` in ``folder`` and return at once.

    ``environment`` is added to :func:`clean_environment`.
    """
    output = output or folder / "output.txt"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [str(corral), *arguments],
            cwd=folder,
            env=clean_environment() | dict(environment or {}),
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Program(process, output)


def clean_environment() -> dict[str, str]:
    """Return our environment without what would point at another tree or another setting.

    Servers refuse to start without a key for credentials: there is one.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CORRAL_", "PYTHON"))}
    return kept | {"PYTHONUNBUFFERED": "1", "CORRAL_CREDENTIALS_KEY": "c0" * 32}


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers(address: str) -> bool:
    """Tell whether an HTTP server answers 200 at ``address``."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:  # noqa: S310 - our own server
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def serving(
    corral: Path,
    *options: str,
    folder: Path,
    data: Path,
    command: str = "run",
    environment: Mapping[str, str] | None = None,
) -> Iterator[tuple[Program, str]]:
    """Run ``corral run``, or another server, until the block ends; yields it and its address.

    Raises:
        ProgramError: it does not answer within a minute.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    where = ["--host", "127.0.0.1", "--port", str(port), "--data", str(data)]
    arguments = [command, *where, *options]
    output = folder / f"{command}-{port}.txt"
    with start(corral, arguments, folder=folder, output=output, environment=environment) as program:
        program.until(lambda: answers(f"{address}/login"), within=60)
        yield program, address
