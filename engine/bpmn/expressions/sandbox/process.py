"""Talks to the sandbox process: one for each process of ours, shared by its threads.

It is started by the first request. After a fork the child starts its own. One that ends, or does
not answer in time, is replaced; the text that was asked then is told why. Where memory runs out in
one that others have used, their texts may be why, so that it is asked once more in a fresh one.

    SandboxError        no answer, or a failure
        StartError      there is no sandbox; no fault of the text
        LostError       it ended, or has no memory left
"""

from __future__ import annotations

import atexit
import contextlib
import math
import os
import select
import subprocess
import sys
import threading
import time
from pathlib import Path

from engine.bpmn.work import worked_elsewhere
from engine.limits import Limits

#: Seconds after which an answer is not waited for, even if the machine gave no time to work.
PATIENCE_SECONDS = 5.0
#: Seconds the process may take to start.
START_SECONDS = 20.0

_NO_QUESTION = 'F{"run": [], "variables": {}, "now": null}'
_HERE = Path(__file__).parent
#: What build.mjs of the front end makes of the FEEL interpreter.
BUNDLE = _HERE / "feel.js"
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class SandboxError(Exception):
    """Internal: no answer, or a failure; the text is the reason, without a full stop."""

    #: What to do, where it is no fault of the text or of its values.
    cure: str | None = None


class StartError(SandboxError):
    """Internal: the process does not start, so that nothing can be asked."""

    cure = "Look at the memory limits of the service (ulimit -v, MemoryMax), or run corral doctor."


class LostError(SandboxError):
    """Internal: the process ended before it answered, or its memory is used up."""

    def __init__(self, reason: str, *, fresh: bool) -> None:
        """Keep whether nobody else had used the process."""
        super().__init__(reason)
        self.fresh = fresh


class Sandbox:
    """One sandbox process, from the first request until it is closed."""

    def __init__(self, bundle: Path = BUNDLE) -> None:
        """``bundle`` is the script that answers requests of kind ``F``."""
        #: Seconds of work one request may take, where it does not say so itself.
        self.seconds = Limits.expression_seconds
        self._bundle = bundle
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        #: Whether it has not answered yet: it may still be loading.
        self._fresh = False
        #: Whether texts of others are in it.
        self._used = False
        self._number = 0

    def ask(self, kind: str, request: str, *, seconds: float | None = None) -> str:
        """Return the answer to ``request``; see :mod:`.worker` for the kinds.

        Raises:
            SandboxError: it failed, took too long or too much memory. Trying again is safe: a
                request changes nothing.
        """
        try:
            return self._asked(kind, request, seconds or self.seconds)
        except LostError as failure:
            if failure.fresh or kind == "S":  # a script is alone in its isolate
                raise
        return self._asked(kind, request, seconds or self.seconds)

    def _asked(self, kind: str, request: str, seconds: float) -> str:
        with self._lock:
            try:
                process = self._started()
                answer = self._worked(process, kind + request, seconds)
                if answer[:1] == "!":
                    raise LostError(answer[1:], fresh=not self._used)
            except StartError:
                self._end()
                raise
            except SandboxError:
                self._end()
                with contextlib.suppress(StartError):
                    self._start()  # while others work, so that the next one need not wait
                raise
            except BaseException:
                self._end()  # of a signal, say: its answer must not be that of the next request
                raise
            self._used |= kind != "S"
        if answer[:1] == "+":
            return answer[1:]
        raise SandboxError(answer[1:])

    def _worked(self, process: subprocess.Popen[bytes], request: str, seconds: float) -> str:
        """Return the answer to one request, whose work is that of our thread, in vain or not."""
        began = time.monotonic()
        try:
            return self._exchanged(process, request, seconds)
        finally:
            worked_elsewhere(min(time.monotonic() - began, seconds))

    def _exchanged(self, process: subprocess.Popen[bytes], request: str, seconds: float) -> str:
        """Return the answer to one request, and to no other. Raises :class:`SandboxError`."""
        self._number = (self._number + 1) % 2**32
        try:
            _write(process, self._number, request)
            number, answer = _read(process, seconds)
        except OSError as failure:
            raise LostError("the sandbox is gone", fresh=not self._used) from failure
        if not answer:
            raise LostError("it needs too much memory", fresh=not self._used)
        if number != self._number:
            raise LostError("the sandbox answers another question", fresh=not self._used)
        return answer

    def close(self) -> None:
        """End the process; a later request starts another one."""
        with self._lock:
            self._end()

    def forget(self) -> None:
        """Let go of the process without ending it: after a fork it is the parent's."""
        self._lock = threading.Lock()
        process, self._process = self._process, None
        if process is not None:
            _let_go(process)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._start()
        process = self._process
        assert process is not None  # noqa: S101 - started above
        if self._fresh:
            self._await_start(process)
        return process

    def _await_start(self, process: subprocess.Popen[bytes]) -> None:
        # Where FEEL was not built, JavaScript runs all the same.
        first = _NO_QUESTION if self._bundle.exists() else "S''"
        try:
            ready = self._exchanged(process, first, START_SECONDS)
        except SandboxError as failure:
            raise StartError("the sandbox does not start") from failure
        if ready[:1] != "+":
            raise StartError(f"the sandbox does not start: {ready[1:]}")
        self._fresh = False

    def _start(self) -> None:
        self._fresh, self._used = True, False
        try:
            # Isolated: no environment, no user folder, no search path but the installed packages.
            self._process = subprocess.Popen(  # noqa: S603 - our own script, and no shell
                [sys.executable, "-I", str(_HERE / "worker.py"), str(self._bundle)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd=os.sep,
                start_new_session=True,  # Ctrl-C is for us; it ends when we do
            )
        except OSError as failure:
            raise StartError("the sandbox does not start") from failure

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        _let_go(process)
        process.wait()


def _let_go(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # of a process that is gone already
            if pipe is not None:
                pipe.close()


def _write(process: subprocess.Popen[bytes], number: int, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    pipe = process.stdin
    assert pipe is not None  # noqa: S101 - opened as a pipe
    pipe.write(len(data).to_bytes(4, "big") + number.to_bytes(4, "big") + data)
    pipe.flush()


def _read(process: subprocess.Popen[bytes], seconds: float) -> tuple[int, str]:
    """Return the number of a request and its answer, which is empty where the process ended.

    Raises:
        SandboxError: it does not come in time.
    """
    pipe = process.stdout
    assert pipe is not None  # noqa: S101 - opened as a pipe
    worked = _cpu_seconds(process.pid)
    waits = max(1, math.ceil(PATIENCE_SECONDS / seconds))
    # A busy machine is no fault of the text: what counts is the work that was done. And where
    # everything stood still, one wait is over, however long it was.
    while not select.select([pipe], [], [], seconds)[0]:
        waits -= 1
        if not waits or _cpu_seconds(process.pid) - worked > seconds * 0.8:
            raise SandboxError(f"it works for more than {seconds * 1000:.0f} ms")
    head = pipe.read(8)
    answer = pipe.read(int.from_bytes(head[:4], "big")) if len(head) == 8 else b""
    return int.from_bytes(head[4:], "big"), answer.decode("utf-8", "replace")


def _cpu_seconds(pid: int) -> float:
    """Return how long a process has worked; where the system does not say, the time itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    except (OSError, ValueError, IndexError):
        return time.monotonic()


#: The sandbox of this process.
SANDBOX = Sandbox()
atexit.register(SANDBOX.close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=SANDBOX.forget)
