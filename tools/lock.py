"""Pins every dependency in ``requirements/``, and checks the pins without a network.

``runtime.txt`` is what an installed Corral needs; ``dev.txt`` adds the development group. Both
hold for every system and every Python from 3.11 on, and name no index: where packages come from is
the business of the machine that installs them.

The check asks what can be asked offline: each dependency of ``pyproject.toml`` is pinned within its
range, and the packages installed here, which carry their own requirements, need nothing unpinned.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
FRONTEND_LOCK = ROOT / "webapp" / "frontend" / "package-lock.json"
#: What is never pinned: the tool that reads the pins.
UNPINNED = {"pip", "setuptools"}
#: File name and the extra arguments of the resolver.
FILES: dict[str, list[str]] = {"runtime.txt": [], "dev.txt": ["--group", "dev"]}
RESOLVE = [
    *("pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--no-header", "--no-emit-index-url", "--no-emit-find-links"),
]


def main() -> int:
    """Write the lock, or with ``--check`` only say what is wrong with it."""
    if "--check" not in sys.argv[1:]:
        for name in FILES:
            _write(name)
        _bare_front_end()
    problems = list(check())
    for problem in problems:
        print(f"lock: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _write(name: str) -> None:
    """Resolve one file anew, from the newest versions that fit."""
    uv = Path(sys.executable).parent / "uv"
    target = ["--upgrade", "-o", f"requirements/{name}", "pyproject.toml"]
    subprocess.run([str(uv), *RESOLVE, *FILES[name], *target], check=True, cwd=ROOT)


def _bare_front_end() -> None:
    """Take the addresses of sponsors out of npm's lock; npm has no option to leave them out.

    Download addresses are left out by npm itself (``.npmrc``); the digests stay.
    """
    lock = json.loads(FRONTEND_LOCK.read_text(encoding="utf-8"))
    for entry in lock["packages"].values():
        entry.pop("funding", None)
    FRONTEND_LOCK.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8")


def check() -> Iterator[str]:
    """Yield one sentence for each thing that makes the lock differ from what it should be."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = {
        "runtime.txt": project["project"]["dependencies"],
        "dev.txt": project["project"]["dependencies"] + project["dependency-groups"]["dev"],
    }
    for name, texts in declared.items():
        text = (FOLDER / name).read_text()
        if "://" in text or "--index" in text or "--find-links" in text:
            yield f"requirements/{name} names an address. Run make lock."
        pins = _pins(text)
        for text in texts:
            yield from _unmet(Requirement(text), pins, f"pyproject.toml (see {name})")
        yield from _unpinned(pins, name)


def _unpinned(pins: dict[str, set[str]], name: str) -> Iterator[str]:
    """Follow the requirements of installed packages and yield what the lock does not cover."""
    for package, versions in pins.items():
        try:
            installed = metadata.distribution(package)
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        if installed.version not in versions:
            yield f"{package} {installed.version} is installed, {name} pins {', '.join(versions)}."
        for text in installed.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                yield from _unmet(requirement, pins, f"{package}, pinned in {name},")


def _unmet(requirement: Requirement, pins: dict[str, set[str]], who: str) -> Iterator[str]:
    """Yield a sentence when no pin satisfies ``requirement``."""
    versions = pins.get(canonicalize_name(requirement.name), set())
    if requirement.name in UNPINNED:
        return
    if not any(requirement.specifier.contains(v, prereleases=True) for v in versions):
        held = " and ".join(sorted(versions)) or "nothing"
        yield f"{who} wants {requirement}; pinned is {held}. Run make lock."


def _pins(text: str) -> dict[str, set[str]]:
    """Return the pinned versions of each package; several where the Python decides."""
    pins: dict[str, set[str]] = {}
    for line in text.splitlines():
        if "==" in line and not line.lstrip().startswith("#"):
            name, version = line.split(";")[0].strip().split("==")
            pins.setdefault(canonicalize_name(name.split("[")[0]), set()).add(version)
    return pins


if __name__ == "__main__":
    sys.exit(main())
