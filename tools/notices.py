"""Writes THIRD-PARTY-NOTICES.md: whose work Corral is built on, and under which licences.

Two sorts, because the duties differ. The browser packages are *in* the wheel (esbuild bundles them
into ``webapp/static/dist``), so their licence texts are given in full. The Python packages are
installed beside it and carry their own texts, so a table names them.

Everything is read from what is installed: ``webapp/frontend/package-lock.json`` and
``node_modules`` for the browser, the lock and the installed metadata for Python. Versions of Python
packages are left to the lock, because they differ from one Python to the next.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD-PARTY-NOTICES.md"
FRONTEND = ROOT / "webapp" / "frontend"
LICENCE_FILES = re.compile(r"^(licen[cs]e|copying|notice)", re.IGNORECASE)

HEAD = """# Third-party notices

Corral itself is licensed under the Apache License 2.0 (see [LICENSE](LICENSE)). It is built on the
work of others, listed here. This page is made by `make notices`; do not edit it.

The diagrams are drawn by bpmn-js. Its licence asks that the bpmn.io mark stays visible and
unchanged wherever a diagram is shown: Corral shows it in the corner of every diagram, and whoever
changes Corral must keep it there.
"""
BROWSER = "\n## Inside the wheel: browser packages\n"
PYTHON = """
## Installed beside it: Python packages

Their licence texts are in their own distributions.

| Package | Licence |
|---|---|
"""

#: Licence classifiers of packages that give no SPDX expression, where the classifier is exact
#: enough, and long-winded ``License`` fields, as SPDX identifiers.
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "The Unlicense (Unlicense)": "Unlicense",
    "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-3.0-only",
    "lGPLv3": "LGPL-3.0-only",
    "SEE LICENSE IN LICENSE": "as below",
}


class NoticesError(RuntimeError):
    """A licence could not be told; the text names the package."""


@dataclass(frozen=True, slots=True)
class BrowserPackage:
    """One npm package whose code is in the wheel."""

    name: str
    version: str
    licence: str
    text: str


def main() -> int:
    """Write the page, or with ``--check`` exit 1 when it is not what would be written."""
    try:
        page = HEAD + "".join(_browser()) + "".join(_python())
    except NoticesError as error:
        print(f"notices: {error}", file=sys.stderr)
        return 1
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(page, encoding="utf-8")
    elif _comparable(TARGET.read_text(encoding="utf-8")) != _comparable(page):
        print(f"notices: {TARGET.name} is out of date. Run make notices.", file=sys.stderr)
        return 1
    return 0


def browser_packages() -> Iterator[BrowserPackage]:
    """Yield the npm packages that reach the wheel, by name: all but those for development."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    for path, entry in sorted(lock["packages"].items()):
        if not path or entry.get("dev") or entry.get("devOptional"):
            continue
        folder = FRONTEND / path
        if not folder.is_dir():
            if entry.get("optional") or entry.get("peer"):
                continue
            raise NoticesError(f"{path} is not installed. Run make install.")
        own = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        name = path.split("node_modules/")[-1]
        licence = entry.get("license") or own.get("license")
        if not isinstance(licence, str):
            raise NoticesError(f"{name} names no licence. Look at it before it is shipped.")
        yield BrowserPackage(name, entry["version"], SPDX.get(licence, licence), _text(folder))


def _browser() -> Iterator[str]:
    """Yield the section of the browser packages, each with its licence text."""
    yield BROWSER
    for package in browser_packages():
        yield f"\n### {package.name} {package.version}\n\nLicence: {package.licence}\n"
        text = package.text or "The package ships no text; the licence is the one named above."
        yield f"\n```text\n{text}\n```\n"


def _text(folder: Path) -> str:
    """Return the licence and notice files of a package, joined; empty when it ships none."""
    files = [f for f in sorted(folder.iterdir()) if f.is_file() and LICENCE_FILES.match(f.name)]
    texts = [f.read_text(encoding="utf-8", errors="replace") for f in files]
    return "\n\n".join("\n".join(map(str.rstrip, text.strip().splitlines())) for text in texts)


def _python() -> Iterator[str]:
    """Yield the table of the Python packages that an installed Corral needs."""
    yield PYTHON
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    for name in sorted(set(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", lock, re.MULTILINE))):
        yield f"| {name} | {_licence(name)} |\n"


def _licence(name: str) -> str:
    """Return the licence of an installed Python package, as an SPDX expression if it gives one."""
    try:
        about = metadata.metadata(name).json
    except metadata.PackageNotFoundError:
        raise NoticesError(f"{name} is pinned but not installed. Run make install.") from None
    if expression := about.get("license_expression"):
        return str(expression)
    known = [SPDX[c] for c in map(_last_part, about.get("classifier", ())) if c in SPDX]
    if known:
        return " OR ".join(known)
    text = str(about.get("license", "")).strip()
    if not text or "\n" in text:
        raise NoticesError(f"{name} names no licence that can be quoted. Add it to SPDX.")
    return SPDX.get(text, text)


def _last_part(classifier: str) -> str:
    """Return what a classifier says in the end: ``MIT License``."""
    return classifier.rsplit(" :: ", 1)[-1]


def _comparable(page: str) -> str:
    """Return ``page`` without the licences of Python packages.

    A pin may depend on the Python, and another version may word its licence otherwise; such a
    difference between two machines is not a page out of date.
    """
    head, table = page.split(PYTHON)
    return head + re.sub(r"^(\| [^|]+ \|).*$", r"\1", table, flags=re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
