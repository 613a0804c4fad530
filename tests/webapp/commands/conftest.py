"""Runs commands as a shell would, in a directory of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from webapp.cli import main
from webapp.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def run(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """Run ``corral`` with some arguments and return what came of it."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CORRAL_{name.upper()}", raising=False)
    monkeypatch.setenv("CORRAL_DATA", str(data))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, prog_name="corral")

    yield call
    structlog.reset_defaults()
