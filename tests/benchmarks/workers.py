"""Starts ``corral worker`` processes, as many as a benchmark wants, and ends them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CORRAL = Path(sys.executable).with_name("corral")


@contextmanager
def workers(url: str, folder: Path, count: int) -> Iterator[None]:
    """Let so many processes work on a database during the block."""
    environment = os.environ | {
        "CORRAL_DATABASE_URL": url,
        "CORRAL_DATA": str(folder / "data"),
        "CORRAL_LOG_LEVEL": "error",
    }
    running: list[subprocess.Popen[str]] = []
    try:
        for _ in range(count):
            process = subprocess.Popen(
                [_CORRAL, "worker"], env=environment, stdout=subprocess.PIPE, text=True
            )
            running.append(process)
        for process in running:
            assert process.stdout is not None
            if "runs" not in process.stdout.readline():
                raise RuntimeError("'corral worker' did not start; see its messages above.")
        yield
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.communicate(timeout=60)
