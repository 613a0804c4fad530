"""What the tree holds: no address of an index, no path of a machine, and a lock that fits."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tools import lock, notices

#: Hosts that hand out packages. Spelt apart, so that this file passes its own test.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("registry", "npmjs", "org"),
        ("registry", "yarnpkg", "com"),
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
    )
]
#: Folders of the machines on which Corral was written, not of those on which it runs.
OWN_FOLDERS = re.compile(r"(?<![\w.])/(?:work|root|farm|home/\w+|Users/\w+)/[\w.]")


@pytest.mark.parametrize("host", HOSTS)
def test_no_file_names_a_host_that_hands_out_packages(host: str, texts: dict[Path, str]) -> None:
    # when
    named = [str(path) for path, text in texts.items() if host in text]

    # then
    assert not named


def test_no_file_names_a_folder_of_the_machine_it_was_written_on(texts: dict[Path, str]) -> None:
    # when
    named = [
        f"{path}:{number}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if OWN_FOLDERS.search(line)
    ]

    # then
    assert not named


def test_what_lies_beside_the_tree_is_read_by_tests_alone(texts: dict[Path, str]) -> None:
    # given
    beside = re.compile(r"\.\./shared\b")
    named = re.compile(r"\"shared\b")  # as a part of a path; in a diagram it is any name

    # when
    readers = [
        str(path)
        for path, text in texts.items()
        if (beside.search(text) or (path.suffix == ".py" and named.search(text)))
        and path.parts[0] != "tests"
    ]

    # then
    assert not readers


def test_the_lock_pins_every_dependency_within_its_range() -> None:
    assert list(lock.check()) == []


@pytest.mark.parametrize("folder", ["webapp/frontend", "tests/networks_real/bluesky"])
def test_the_locks_of_npm_name_no_address(folder: str, root: Path) -> None:
    # given
    text = (root / folder / "package-lock.json").read_text(encoding="utf-8")

    # when
    packages = json.loads(text)["packages"]

    # then
    assert "://" not in text
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_a_lock_that_misses_a_dependency_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    original = lock._pins

    def without_flask(text: str) -> dict[str, set[str]]:
        return {name: pins for name, pins in original(text).items() if name != "flask"}

    # when
    monkeypatch.setattr(lock, "_pins", without_flask)
    problems = list(lock.check())

    # then
    assert any("wants Flask" in problem and "Run make lock" in problem for problem in problems)


def test_the_notices_quote_the_licence_of_every_browser_package(root: Path) -> None:
    # given
    page = (root / "THIRD-PARTY-NOTICES.md").read_text(encoding="utf-8")

    # when
    packages = list(notices.browser_packages())

    # then
    assert {package.name for package in packages} >= {"bpmn-js", "htmx.org", "@tabler/core"}
    assert all(f"### {package.name} {package.version}\n" in page for package in packages)
    assert "watermark must stay fully visible" in page


def test_the_wheel_is_told_to_hold_the_four_packages_alone(root: Path) -> None:
    # given
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))

    # when
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]

    # then
    assert wheel["packages"] == ["engine", "channels", "processes", "webapp"]
    assert project["project"]["scripts"] == {"corral": "webapp.cli:main"}


def test_the_checks_of_a_change_are_those_a_developer_runs(root: Path) -> None:
    # given
    script = root / ".ci" / "run"

    # when
    commands = [
        line
        for line in script.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "cd ", "set "))
    ]

    # then
    assert commands == ["make check", "make test", "make test-networks"]
    assert script.stat().st_mode & 0o111
