"""Where the browser tests find a Chromium, and how one gets here when there is none.

The order is: the one that ``CORRAL_CHROMIUM`` names, one on the PATH, one that Playwright has
downloaded before. :func:`provide` goes further and fetches one: through ``playwright install``,
else through ``apt-get`` when we are root. A browser counts only if it answers ``--version``: a
package that merely points at a shop (Ubuntu's ``chromium-browser``) does not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

#: Commands under which Linux distributions install a browser that Playwright can drive.
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Where macOS keeps its applications; they are not on the PATH.
APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
#: Seconds a download may take before the next way is tried.
PATIENCE = 300

CURE = (
    "No Chromium was found and none could be fetched. Install one (Debian: apt-get install "
    "chromium; macOS: brew install --cask chromium) or set CORRAL_CHROMIUM to its executable."
)


class ChromiumMissingError(RuntimeError):
    """There is no usable Chromium on this machine; the text says what to install."""

    def __init__(self, why: str = CURE) -> None:
        """Keep the sentence for people."""
        super().__init__(why)


def find() -> Path | None:
    """Return the executable of a Chromium that is here already, or None. Fetches nothing.

    Raises:
        ChromiumMissingError: ``CORRAL_CHROMIUM`` names something that does not start.
    """
    named = os.environ.get("CORRAL_CHROMIUM")
    if named:
        if _starts(named):
            return Path(named)
        raise ChromiumMissingError(
            f"CORRAL_CHROMIUM names {named}, which does not start. Correct it, or unset it."
        )
    installed = [*filter(None, map(shutil.which, NAMES)), *APPLICATIONS]
    for path in installed:
        if _starts(path):
            return Path(path)
    downloaded = _downloaded()
    return Path(downloaded) if downloaded and _starts(downloaded) else None


def provide() -> Path:
    """Return the executable of a Chromium, and fetch one first when there is none.

    Raises:
        ChromiumMissingError: none is here and none could be fetched.
    """
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(["apt-get", "update", "-q"])
        ways.append(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"])
    found = find()
    while found is None and ways:
        _attempt(ways.pop(0))
        found = find()
    if found is None:
        raise ChromiumMissingError
    return found


def _attempt(command: list[str]) -> None:
    """Run one way of getting a browser; its failure only means that the next one is tried."""
    print("+", " ".join(command), file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, check=False, timeout=PATIENCE, stdout=sys.stderr, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(f"  did not work: {error}", file=sys.stderr)


def _downloaded() -> str | None:
    """Return where Playwright keeps its own download, whether or not it is there.

    Asked last: it starts Playwright's driver, which a caller that already runs one cannot have.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _starts(path: str) -> bool:
    """Tell whether the browser at ``path`` answers, with all the libraries it needs."""
    if not Path(path).exists():
        return False
    command = [path, "--version"]
    try:
        return subprocess.run(command, check=False, timeout=60, capture_output=True).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    """Provide a browser and print where it is; exit 1 with the cure when there is none."""
    try:
        print(provide())
    except ChromiumMissingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
