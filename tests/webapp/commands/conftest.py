"""Runs commands as a shell would, in a directory of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from tests.waiting import PATIENCE
from tools.program import Program
from webapp.cli import main
from webapp.settings import Settings

Run = Callable[..., Result]


def address_of(running: Program) -> str:
    """Return where a server of ours answers, once it says so."""
    running.until(lambda: "Ctrl-C stops it" in running.text, within=PATIENCE)
    found = re.search(r"Corral runs at (http://\S+)", running.text)
    assert found, running.text
    return found[1]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Run ``corral`` with some arguments and return what came of it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CORRAL_{name.upper()}", raising=False)
    monkeypatch.setenv("CORRAL_DATA", str(data))
    monkeypatch.setenv("CORRAL_CREDENTIALS_KEY", "c0" * 32)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, prog_name="corral")

    yield call
    structlog.reset_defaults()
