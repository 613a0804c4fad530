"""``make crash``: the long run, on both databases, one after the other.

``python -m tests.crash.long_run --seconds 600 --seed 42 --database sqlite``. The exit code is 0 for
a clean run. A run that is not clean keeps its folder, and says where it is.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.crash.databases import hurt_postgres, small_disk
from tests.crash.house import CrashError, House, installed
from tests.crash.monkey import Summary, run
from webapp import logs

DATABASES = ("sqlite", "postgresql")


@contextmanager
def house_on(database: str, folder: Path, seed: int, *, webs: int = 2) -> Iterator[House]:
    """Give a running installation on one kind of database, with all that can be hurt there.

    On PostgreSQL so many processes serve its pages, and two do its work.

    Raises:
        PostgresError: there is no server to be had on this machine.
    """
    # The server runs under an account of its own, which has to reach its folder.
    folder.chmod(0o755)
    if database == "postgresql":
        with (
            hurt_postgres(folder) as (url, restart),
            installed(folder, url, seed=seed, webs=webs, restart_database=restart) as house,
        ):
            yield house
        return
    with small_disk(folder) as disk, installed(folder, None, seed=seed, small_disk=disk) as house:
        yield house


def long_run(database: str, folder: Path, *, seed: int, seconds: float) -> Summary:
    """Run on one database and return how it went; what ended the run is a fault too."""
    try:
        with house_on(database, folder, seed) as house:
            if database == "sqlite" and house.small_disk is None:
                print("  no disk is filled: a file system cannot be mounted here")
            return run(house, seed=seed, seconds=seconds)
    except CrashError as error:
        return Summary(seed, faults=[str(error)])


def main() -> int:
    """Run, print a summary for each database, and return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    given = parser.parse_args()
    logs.set_up("error", "text")
    clean = True
    for database in DATABASES if given.database == "both" else (given.database,):
        folder = Path(tempfile.mkdtemp(prefix="corral-crash-"))
        print(f"{database}: {given.seconds:.0f} s of trouble, seed {given.seed}", flush=True)
        begun = time.monotonic()
        summary = long_run(database, folder, seed=given.seed, seconds=given.seconds)
        print(f"{summary.text}\n  took {time.monotonic() - begun:.0f} s in all", flush=True)
        if summary.faults:
            clean = False
            print(f"  kept: {folder}", flush=True)
        else:
            shutil.rmtree(folder)
    return 0 if clean else 1


if __name__ == "__main__":
    sys.exit(main())
