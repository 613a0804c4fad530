"""Servers for the tests of networks: what cannot be had is said, and all the rest goes on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import real_networks
from tools.real_networks import MissingError


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """A machine on which nothing is, and nothing can be fetched; gives what was attempted."""
    attempted: list[list[str]] = []

    def fails(command: list[str], **_: object) -> bool:
        attempted.append(command)
        return False

    monkeypatch.setattr(real_networks, "PLACE", tmp_path / "networks")
    monkeypatch.setattr(real_networks, "BLUESKY_PLACE", tmp_path / "networks" / "bluesky")
    monkeypatch.setattr(real_networks, "SERVERS", ())
    monkeypatch.setattr(real_networks, "_attempt", fails)
    monkeypatch.setenv("PATH", str(tmp_path))
    return attempted


def test_each_part_that_cannot_be_had_is_said(bare: list[list[str]]) -> None:
    # when
    missing = real_networks.provide()

    # then
    assert [word for word in ("redis-server", "dovecot", "Bluesky") if word in " ".join(missing)]
    assert len(missing) == 3
    assert any("npm" in command[0] for command in bare)


def test_a_program_on_the_path_is_taken_and_nothing_is_fetched_for_it(
    bare: list[list[str]], tmp_path: Path
) -> None:
    # given
    for name in ("redis-server", "dovecot"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)

    # when
    missing = real_networks.provide()

    # then
    assert len(missing) == 1
    assert len(bare) == 1
    assert real_networks.redis() == tmp_path / "redis-server"


def test_packages_of_another_lock_are_fetched_anew(bare: list[list[str]]) -> None:
    # given
    real_networks.provide()
    stamp = real_networks.BLUESKY_PLACE / "stamp"
    stamp.write_text("those of another lock")
    with pytest.raises(MissingError):
        real_networks.bluesky()

    # when
    stamp.write_text(real_networks._wanted())

    # then
    assert real_networks.bluesky().name == "network.mjs"


@pytest.mark.parametrize(("does", "code"), [("pass", 0), ("raise SystemExit(3)", 3)])
def test_the_exit_code_is_that_of_the_tests(does: str, code: int) -> None:
    assert real_networks._ended([sys.executable, "-c", does], within=60) == code


def test_what_does_not_end_is_cut_off() -> None:
    command = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    assert real_networks._ended(command, within=0.2) is None
