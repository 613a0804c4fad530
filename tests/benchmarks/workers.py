"""Starts ``corral worker`` processes, as many as a benchmark wants, and ends them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools import program


@contextmanager
def workers(url: str, folder: Path, count: int) -> Iterator[None]:
    """Let so many processes work on a database during the block.

    Raises:
        ProgramError: one of them does not start, or does not end when it is told to.
    """
    environment = {"CORRAL_DATABASE_URL": url, "CORRAL_LOG_LEVEL": "error"}
    with ExitStack() as stack:
        running = [
            stack.enter_context(
                program.start(
                    program.CORRAL, ["worker"], folder=folder,
                    output=folder / f"worker{number}.txt", environment=environment,
                )
            )
            for number in range(count)
        ]  # fmt: skip
        for worker in running:
            worker.until(lambda one=worker: "This worker runs" in one.text, within=60)
        yield
        for worker in running:
            worker.stop(within=60)
