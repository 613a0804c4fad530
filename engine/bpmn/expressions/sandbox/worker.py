"""The program of the sandbox: V8, requests in on standard input, answers out on standard output.

Started by :mod:`engine.bpmn.expressions.sandbox.process` as a script of its own, so it imports
nothing of Corral. Each request and each answer is its length in four bytes, the number of the
request in four, and as much UTF-8. A request is a letter and the rest:

* ``F`` and JSON: ask the bundle (see ``webapp/frontend/src/feel``), which is loaded then.
* ``C`` and JavaScript: read it, without running anything of it; the answer is empty.
* ``S`` and JavaScript: run it in an isolate that nothing else ever sees.

An answer begins with ``+``, or with ``-`` and then is the reason of a failure, or with ``!`` where
what ``F`` and ``C`` keep has used up the memory, so that this process is to be replaced.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sys
from pathlib import Path

from py_mini_racer import JSOOMException, MiniRacer, mini_racer

#: Bytes of V8's heap. Beyond it a script ends with an error.
HEAP = 96 * 1024 * 1024
#: The same where texts are kept: of 35 MB, and the garbage that V8 lets grow around it (150 MB were
#: measured). A smaller one makes V8 collect it so often that innocent texts run out of time.
SHARED_HEAP = 192 * 1024 * 1024
#: Bytes the process may have to write to. Beyond it the process ends.
PROCESS = 1024 * 1024 * 1024
#: Characters of a reason that are told: it may hold values.
LONGEST_REASON = 200
#: Where in a script V8 says it failed.
_PLACE = re.compile(r"^\S+:\d+:\s*")


def main() -> None:
    """Answer until standard input ends."""
    limit()
    asyncio.run(answer())


def limit() -> None:
    """Give up what no expression needs: files, cores, memory. Where the system has such limits."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_DATA, (PROCESS, PROCESS))


async def answer() -> None:
    """Read requests and write answers, one after the other.

    Inside an event loop V8 is called directly, at a fifth of the cost. Nothing else is in the loop,
    so that it may block.
    """
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    isolates = Isolates(asyncio.get_running_loop())
    while head := source.read(8):
        request = source.read(int.from_bytes(head[:4], "big"))
        data = answered(isolates, request).encode("utf-8", "replace")
        sink.write(len(data).to_bytes(4, "big") + head[4:] + data)
        sink.flush()


def answered(isolates: Isolates, request: bytes) -> str:
    """Return the answer to one request, whatever is in it."""
    kind = request[:1]
    try:
        text = request[1:].decode()
        if kind == b"S":
            return isolates.ran(text)
        return isolates.read(text) if kind == b"C" else isolates.asked(text)
    except UnicodeDecodeError:
        return "-a text in it ends in the middle of a character"
    except JSOOMException:
        return f"{'-' if kind == b'S' else '!'}it needs too much memory"
    except Exception as failure:  # noqa: BLE001 - whatever it is, the other side is told
        return f"-{first_line(str(failure))}"


def first_line(reason: str) -> str:
    """Return the sentence of V8, without its place, the text that failed, and the stack."""
    return _PLACE.sub("", reason.strip()).partition("\n")[0][:LONGEST_REASON]


class Isolates:
    """Where texts are run: FEEL in one isolate, what is only read in one, a script in its own."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open none yet; those that stay open end with the process."""
        self._loop = loop
        self._open = contextlib.ExitStack()
        self._feel: MiniRacer | None = None
        self._reader: MiniRacer | None = None

    def asked(self, request: str) -> str:
        """Return what the bundle answers, which is loaded by the first request."""
        if self._feel is None:
            feel = self._opened()
            feel.eval(Path(sys.argv[1]).read_text(encoding="utf-8"))
            self._feel = feel
        return f"+{self._feel.eval(f'corral({json.dumps(request)})')}"

    def read(self, script: str) -> str:
        """Read a script; that leaves nothing behind, so that one isolate serves thousands."""
        if self._reader is None:
            self._reader = self._opened()
        self._reader.eval(f"new Function({json.dumps(script)}); ''")
        return "+"

    def ran(self, script: str) -> str:
        """Return the value of a script, a text."""
        with mini_racer(self._loop) as fresh:
            fresh.set_hard_memory_limit(HEAP)
            return f"+{fresh.eval(script)}"

    def _opened(self) -> MiniRacer:
        isolate = self._open.enter_context(mini_racer(self._loop))
        isolate.set_hard_memory_limit(SHARED_HEAP)
        return isolate


if __name__ == "__main__":
    main()
