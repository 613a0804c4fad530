"""The wheel, as pipx would install it: into an empty environment, away from the tree."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import program, tree

pytestmark = pytest.mark.timeout(900)

DIST_INFO = "corral-"


def run(*command: str | Path, folder: Path) -> str:
    """Run a command and return what it printed; its output is the failure when it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tree into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    run(*build, tree.ROOT, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    """Every file in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.fixture(scope="module")
def asked(wheel: Path) -> list[str]:
    """What the wheel asks for."""
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(metadata).decode()).get_all("Requires-Dist", [])


def needed(asked: Iterable[str], extras: Iterable[str] = ()) -> dict[str, Distribution]:
    """Return the distributions that are asked for and what these ask for in turn, by name."""
    found: dict[str, Distribution] = {}
    waiting = [(line, tuple(extras)) for line in asked]
    seen = set(waiting)
    while waiting:
        line, wanted = waiting.pop()
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
            continue
        one = found.setdefault(requirement.name.lower(), distribution(requirement.name))
        more = [(each, tuple(sorted(requirement.extras))) for each in one.requires or ()]
        waiting += [each for each in more if each not in seen]
        seen.update(more)
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, asked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``corral`` command in an environment that holds the wheel and what it asks for.

    What it asks for is lent from the environment of the tests, and nothing else of it is there: to
    install sixty distributions again would take a minute and show no more.
    """
    home = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", home / "venv", folder=home)
    python = home / "venv" / "bin" / "python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(run(python, "-c", where, folder=home).strip())
    for one in needed(asked).values():
        for top in {file.parts[0] for file in one.files or ()} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(one.locate_file(top))
    options = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    pip = [sys.executable, "-m", "pip", "--python", python]
    run(*pip, "install", *options, wheel, folder=home)
    return home / "venv" / "bin" / "corral"


def test_the_wheel_holds_the_four_packages_and_nothing_else(names: list[str]) -> None:
    # when
    tops = {name.split("/")[0] for name in names}

    # then
    assert {top for top in tops if not top.startswith(DIST_INFO)} == set(tree.PRODUCT)
    assert not [name for name in names if "/tests/" in name or name.endswith((".pyc", ".map"))]
    assert not [name for name in names if name.startswith(("webapp/frontend", "tests", "tools"))]


def test_the_wheel_holds_every_file_of_the_product_that_is_in_the_tree(names: list[str]) -> None:
    # given
    product = [path for path in tree.files() if path.parts[0] in tree.PRODUCT]

    # when
    wanted = {p.as_posix() for p in product if p.parts[:2] != ("webapp", "frontend")}

    # then
    assert wanted - set(names) == set()


def test_the_wheel_holds_data_migrations_templates_and_the_built_front_end(
    names: list[str],
) -> None:
    # given
    kinds = {
        "a diagram": ("processes/complaint/", ".bpmn"),
        "a decision table": ("processes/complaint/", ".dmn"),
        "a form": ("processes/complaint/", ".form"),
        "the engine's migrations": ("engine/storage/migrations/versions/", ".py"),
        "the channels' migrations": ("channels/storage/migrations/versions/", ".py"),
        "the people's migrations": ("webapp/storage/migrations/versions/", ".py"),
        "templates": ("webapp/templates/", ".html"),
        "built scripts": ("webapp/static/dist/", ".js"),
        "built styles": ("webapp/static/dist/", ".css"),
        "the manifest": ("webapp/static/dist/meta", ".json"),
        "FEEL": ("engine/bpmn/expressions/sandbox/feel", ".js"),
        "the realm of scripts": ("engine/bpmn/expressions/sandbox/script", ".js"),
    }

    # when
    missing = [
        kind
        for kind, (start, end) in kinds.items()
        if not any(name.startswith(start) and name.endswith(end) for name in names)
    ]

    # then
    assert not missing


def test_the_wheel_says_what_it_is_and_carries_its_licences(wheel: Path) -> None:
    # given
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [n for n in archive.namelist() if n.endswith(".dist-info/METADATA")]
        about = Parser().parsestr(archive.read(metadata).decode())
        names = archive.namelist()

    # then
    assert about["Name"] == "corral"
    assert about["Requires-Python"] == ">=3.11"
    assert about["License-Expression"] == "Apache-2.0"
    assert "spiffworkflow==3.2.0" in about.get_all("Requires-Dist", [])
    assert [name for name in names if name.endswith("licenses/THIRD-PARTY-NOTICES.md")]


def test_the_installed_command_serves_the_demo_away_from_the_tree(
    installed: Path, tmp_path: Path
) -> None:
    # given
    data = tmp_path / "data"

    # when
    with program.serving(installed, "--demo", folder=tmp_path, data=data) as (corral, address):
        healthy = program.answers(f"{address}/login")
        code = corral.stop()

    # then
    assert healthy
    assert code == 0, corral.text
    assert address in corral.text
    assert (data / "corral.sqlite").exists()
    assert "Traceback" not in corral.text


def test_the_installed_command_checks_itself(installed: Path, tmp_path: Path) -> None:
    # when
    report = run(installed, "doctor", "--data", tmp_path / "data", folder=tmp_path)

    # then
    assert "front end" in report.lower()
