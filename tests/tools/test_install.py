"""Setting up: steps are done again when what they depend on changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import install
from tools.install import InstallError


class Commands:
    """Stands in for running programs: remembers them, and fails where it is told to."""

    def __init__(self, venv: Path) -> None:
        """Run nothing so far."""
        self.venv = venv
        self.ran: list[str] = []
        self.failing: str | None = None

    def __call__(self, command: list[str], why: str, *_rest: object) -> None:
        """Remember a command and leave behind what it would have made."""
        line = " ".join(Path(command[0]).name if n == 0 else part for n, part in enumerate(command))
        self.ran.append(line)
        if self.failing and self.failing in line:
            raise InstallError(why)
        if "--editable" in line:
            (self.venv / "bin" / "corral").touch()
        if "build.mjs" in line:
            install.MANIFEST.parent.mkdir(parents=True, exist_ok=True)
            install.MANIFEST.write_text("{}")


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """A tree of its own with an environment that is there, and no program that really runs."""
    for name, content in {
        ".venv/pyvenv.cfg": "version = 3.11",
        ".venv/bin/python": "",
        "requirements/dev.txt": "flask==3.1.3",
        "pyproject.toml": "[project]",
        "webapp/frontend/build.mjs": "build",
        "webapp/frontend/node_modules/left/index.js": "left",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    venv = tmp_path / ".venv"
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "BIN": venv / "bin",
        "PYTHON": venv / "bin" / "python",
        "STAMPS": venv / "stamps",
        "LOCK": tmp_path / "requirements" / "dev.txt",
        "FRONTEND": tmp_path / "webapp" / "frontend",
        "MANIFEST": tmp_path / "webapp" / "static" / "dist" / "meta.json",
    }
    for name, place in places.items():
        monkeypatch.setattr(install, name, place)
    commands = Commands(venv)
    monkeypatch.setattr(install, "_run", commands)
    monkeypatch.setattr(install, "_usable", lambda: True)
    return commands


def test_the_first_time_everything_is_done_in_order(commands: Commands) -> None:
    # when
    code = install.main()

    # then
    kinds = [line.split()[0] for line in commands.ran]
    assert code == 0
    assert kinds == ["python", "python", "npm", "node"]
    assert "ci --ignore-scripts" in commands.ran[2]


def test_given_nothing_changed_when_run_again_then_nothing_is_done(commands: Commands) -> None:
    # given
    install.main()
    commands.ran.clear()

    # when
    install.main()

    # then
    assert commands.ran == []


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ("requirements/dev.txt", ["python"]),
        ("pyproject.toml", ["python"]),
        ("webapp/frontend/build.mjs", ["npm", "node"]),
        ("webapp/frontend/node_modules/left/index.js", []),
    ],
)
def test_given_a_changed_file_when_run_again_then_only_its_step_is_done(
    changed: str, done: list[str], commands: Commands, tmp_path: Path
) -> None:
    # given
    install.main()
    commands.ran.clear()

    # when
    (tmp_path / changed).write_text("changed")
    install.main()

    # then
    assert [line.split()[0] for line in commands.ran] == done


def test_a_step_that_failed_is_done_again_next_time(
    commands: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    commands.failing = "npm"
    failed = install.main()
    commands.ran.clear()

    # when
    commands.failing = None
    code = install.main()

    # then
    assert (failed, code) == (1, 0)
    assert "make install: The browser's packages did not install" in capsys.readouterr().err
    assert [line.split()[0] for line in commands.ran] == ["npm", "node"]
