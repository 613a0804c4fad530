"""Finding a browser: what counts as one, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import chromium
from tools.chromium import ChromiumMissingError


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without a browser, whatever this one has."""
    monkeypatch.delenv("CORRAL_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(chromium, "APPLICATIONS", ())
    monkeypatch.setattr(chromium, "_downloaded", lambda: None)
    (tmp_path / "bin").mkdir()


def browser(path: Path, *, starts: bool = True) -> Path:
    """Write a program that answers like a browser, or like a package that points at a shop."""
    path.write_text(f"#!/bin/sh\nexit {0 if starts else 1}\n")
    path.chmod(0o755)
    return path


def test_a_browser_on_the_path_is_found(tmp_path: Path) -> None:
    # given
    here = browser(tmp_path / "bin" / "chromium")

    # then
    assert chromium.find() == here


def test_a_command_that_does_not_start_is_passed_over(tmp_path: Path) -> None:
    # given
    browser(tmp_path / "bin" / "chromium", starts=False)
    other = browser(tmp_path / "bin" / "google-chrome")

    # then
    assert chromium.find() == other


def test_the_named_browser_goes_before_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    browser(tmp_path / "bin" / "chromium")
    named = browser(tmp_path / "mine")

    # when
    monkeypatch.setenv("CORRAL_CHROMIUM", str(named))

    # then
    assert chromium.find() == named


def test_a_named_browser_that_does_not_start_is_an_error_and_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    browser(tmp_path / "bin" / "chromium")
    monkeypatch.setenv("CORRAL_CHROMIUM", str(tmp_path / "gone"))

    # when
    with pytest.raises(ChromiumMissingError) as refusal:
        chromium.find()

    # then
    assert "Correct it, or unset it" in str(refusal.value)


def test_given_no_browser_when_every_way_fails_then_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    tried: list[list[str]] = []
    monkeypatch.setattr(chromium, "_attempt", tried.append)

    # when
    with pytest.raises(ChromiumMissingError) as refusal:
        chromium.provide()

    # then
    assert "CORRAL_CHROMIUM" in str(refusal.value)
    assert tried[0][1:] == ["-m", "playwright", "install", "chromium"]


def test_given_no_browser_when_the_first_way_works_then_no_other_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    tried: list[list[str]] = []

    def fetch(command: list[str]) -> None:
        tried.append(command)
        browser(tmp_path / "bin" / "chromium")

    # when
    monkeypatch.setattr(chromium, "_attempt", fetch)
    found = chromium.provide()

    # then
    assert found.name == "chromium"
    assert len(tried) == 1
