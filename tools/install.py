"""Brings ``.venv`` and the built front end up to date; does nothing when they are.

Runs before there is an environment, under whatever Python >= 3.11 started it, so it uses the
standard library alone. Three steps, each remembered by a stamp: a digest of what it depends on,
written to ``.venv/stamps/`` after the step has succeeded. A step that failed half-way leaves no
stamp and is done again next time.

=============  ==================================  ============================================
step           depends on                          does
=============  ==================================  ============================================
requirements   the lock, the Python version        creates ``.venv``, ``pip install -r``
project        ``pyproject.toml``                  installs Corral itself, editable
front end      ``webapp/frontend`` without         ``npm ci --ignore-scripts``, ``build.mjs``
               ``node_modules``
=============  ==================================  ============================================
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
LOCK = ROOT / "requirements" / "dev.txt"
FRONTEND = ROOT / "webapp" / "frontend"
MANIFEST = ROOT / "webapp" / "static" / "dist" / "meta.json"
FEEL = ROOT / "engine" / "bpmn" / "expressions" / "sandbox" / "feel.js"
OLDEST = (3, 11)


class InstallError(RuntimeError):
    """A step failed; the text says which, and what to do."""


def main() -> int:
    """Bring everything up to date; exit 1 with one clear line when that is impossible."""
    try:
        if sys.version_info < OLDEST:
            raise InstallError(
                f"Corral needs Python 3.11 or newer; this one is {sys.version.split()[0]}. "
                "Install a newer Python and run make again."
            )
        _requirements()
        _project()
        _front_end()
    except InstallError as error:
        print(f"make install: {error}", file=sys.stderr)
        return 1
    return 0


def _requirements() -> None:
    """Create the environment if need be and install exactly what the lock names."""
    if not _usable():
        _create_environment()
    digest = _digest([LOCK], also=_python_version())
    if _done("requirements", digest):
        return
    _pip("install", "--quiet", "-r", str(LOCK), why="The packages of the lock did not install.")
    _mark("requirements", digest)


def _project() -> None:
    """Make the packages of this tree importable in the environment, and install the command."""
    digest = _digest([ROOT / "pyproject.toml"], also=_python_version() + str(ROOT))
    if _done("project", digest) and (BIN / "corral").exists():
        return
    _pip(
        *("install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)),
        why="Corral itself did not install.",
    )
    _mark("project", digest)


def _front_end() -> None:
    """Build the browser's files, and FEEL for the engine, from ``webapp/frontend``."""
    digest = _digest(_sources(FRONTEND))
    if _done("frontend", digest) and MANIFEST.exists() and FEEL.exists():
        return
    npm = [str(BIN / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    # The environment's own Node must be found first, also by what npm starts in turn.
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    _run(npm, "The browser's packages did not install; is there a network?", FRONTEND, path)
    _run([str(BIN / "node"), "build.mjs"], "The front end did not build.", FRONTEND, path)
    if not MANIFEST.exists():
        raise InstallError(f"The front end was built, but {MANIFEST.relative_to(ROOT)} is missing.")
    _mark("frontend", digest)


def _usable() -> bool:
    """Tell whether ``.venv`` holds a Python that starts and is new enough."""
    if Path(sys.prefix) == VENV:
        return True
    ask = [str(PYTHON), "-c", f"import sys; sys.exit(sys.version_info < {OLDEST})"]
    return PYTHON.exists() and subprocess.run(ask, check=False, capture_output=True).returncode == 0


def _create_environment() -> None:
    """Create ``.venv`` with pip in it.

    Debian ships Python without the bundled pip (package python3-venv). Where the system has a pip
    of its own, that one puts pip into the environment; else people are told what to install.
    """
    print(f"creating .venv with Python {sys.version.split()[0]}", file=sys.stderr)
    if VENV.exists():
        shutil.rmtree(VENV)
    create = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(create, check=False, capture_output=True).returncode == 0:
        return
    cure = "Python cannot create an environment here (Debian: apt-get install python3-venv)."
    shutil.rmtree(VENV, ignore_errors=True)
    _run([*create, "--without-pip"], cure, ROOT)
    seed = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]
    try:
        _run(seed, cure, ROOT)
    except InstallError:
        shutil.rmtree(VENV, ignore_errors=True)
        raise


def _sources(folder: Path) -> list[Path]:
    """Return the files the front end is built from, sorted; not what npm put there."""
    found: list[Path] = []
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != "node_modules")
        found += [Path(parent, name) for name in sorted(files)]
    return found


def _digest(files: Iterable[Path], also: str = "") -> str:
    """Return a digest of the names and contents of ``files``."""
    digest = hashlib.sha256(also.encode())
    for file in files:
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def _python_version() -> str:
    """Return which Python ``.venv`` was made with, without starting it."""
    return (VENV / "pyvenv.cfg").read_text()


def _done(step: str, digest: str) -> bool:
    """Tell whether ``step`` succeeded before with the same inputs."""
    stamp = STAMPS / step
    return stamp.exists() and stamp.read_text() == digest


def _mark(step: str, digest: str) -> None:
    """Remember that ``step`` succeeded."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / step).write_text(digest)


def _pip(*arguments: str, why: str) -> None:
    """Run the environment's pip."""
    what = "corral" if arguments[-1] == str(ROOT) else Path(arguments[-1]).name
    print(f"installing {what} ...", file=sys.stderr)
    options = ["--disable-pip-version-check", "--no-input"]
    _run([str(PYTHON), "-m", "pip", *options, *arguments], why, ROOT)


def _run(
    command: list[str], why: str, folder: Path, environment: dict[str, str] | None = None
) -> None:
    """Run a command with its output on stderr; raise with ``why`` when it fails."""
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        stdout=sys.stderr,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode != 0:
        raise InstallError(f"{why} The lines above say more ({Path(command[0]).name} failed).")


if __name__ == "__main__":
    sys.exit(main())
