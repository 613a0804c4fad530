"""The program of the sandbox: V8, requests in on standard input, answers out on standard output.

Started by :mod:`engine.bpmn.expressions.sandbox.process` as a script of its own, so it imports
nothing of Corral. Each request and each answer is its length in four bytes and as much UTF-8. A
request is a letter and the rest:

* ``F`` and JSON: ask the bundle (see ``webapp/frontend/src/feel``), which is loaded then.
* ``C`` and JavaScript: read it, without running anything of it; the answer is empty.
* ``S`` and JavaScript: run it in an isolate that nothing else ever sees.

An answer begins with ``+``, or with ``-`` and then is the reason of a failure.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path

from py_mini_racer import JSOOMException, MiniRacer, mini_racer

#: Bytes of V8's heap. Beyond it a script ends with an error.
HEAP = 96 * 1024 * 1024
#: Bytes the process may have to write to. Beyond it the process ends.
PROCESS = 1024 * 1024 * 1024


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
    loop = asyncio.get_running_loop()
    bundle = contextlib.ExitStack()
    feel: MiniRacer | None = None
    reader: MiniRacer | None = None
    while head := source.read(4):
        request = source.read(int.from_bytes(head, "big")).decode()
        try:
            if request[0] == "S":
                text = ran(request[1:], loop)
            elif request[0] == "C":
                # What is only read leaves nothing behind, so one isolate serves thousands.
                if reader is None:
                    reader = bundle.enter_context(mini_racer(loop))
                    reader.set_hard_memory_limit(HEAP)
                reader.eval(f"new Function({json.dumps(request[1:])}); ''")
                text = "+"
            else:
                if feel is None:
                    feel = bundle.enter_context(mini_racer(loop))
                    feel.set_hard_memory_limit(HEAP)
                    feel.eval(Path(sys.argv[1]).read_text(encoding="utf-8"))
                text = "+" + str(feel.eval(f"corral({json.dumps(request[1:])})"))
        except JSOOMException:
            text = "-it needs too much memory"
            bundle.close()
            feel = reader = None
        except Exception as failure:  # noqa: BLE001 - whatever it is, the other side is told
            text = f"-{failure}"[:2_000]
        data = text.encode("utf-8", "replace")
        sink.write(len(data).to_bytes(4, "big") + data)
        sink.flush()


def ran(script: str, loop: asyncio.AbstractEventLoop) -> str:
    """Return the value of ``script``, a text, as an answer."""
    with mini_racer(loop) as fresh:
        fresh.set_hard_memory_limit(HEAP)
        return f"+{fresh.eval(script)}"


if __name__ == "__main__":
    main()
