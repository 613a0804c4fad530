"""``corral web`` and ``corral worker``, and the key they share: what is refused, in one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

Run = Callable[..., Result]


def one_line(result: Result) -> str:
    """Return what was refused, having checked that it is one line and exit 2."""
    assert result.exit_code == 2, result.output
    (line,) = result.stderr.splitlines()
    return line


@pytest.mark.parametrize("command", ["web", "worker"])
def test_processes_of_a_cluster_refuse_sqlite_and_say_what_to_do(run: Run, command: str) -> None:
    told = one_line(run(command))
    assert f"'corral {command}' needs PostgreSQL: set CORRAL_DATABASE_URL" in told
    assert "'corral run'" in told


def test_a_key_that_could_be_guessed_is_refused_and_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRAL_SECRET_KEY", "too short")
    told = one_line(run("run"))
    assert "CORRAL_SECRET_KEY: at least 32 characters" in told
    assert "too short" not in told


@pytest.mark.parametrize("command", ["run", "web", "worker"])
def test_no_server_starts_without_a_key_for_credentials_and_the_cure_is_said(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    # given
    monkeypatch.delenv("CORRAL_CREDENTIALS_KEY")
    if command != "run":
        monkeypatch.setenv("CORRAL_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")

    # when
    told = one_line(run(command))

    # then
    assert "CORRAL_CREDENTIALS_KEY is not set" in told
    assert "openssl rand -hex 32" in told


def test_a_key_for_credentials_that_is_none_is_refused_and_not_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORRAL_CREDENTIALS_KEY", "too short")
    told = one_line(run("run"))
    assert "CORRAL_CREDENTIALS_KEY: 64 hexadecimal digits" in told
    assert "too short" not in told
