"""The data directory: made, refused, locked, and home of the secret key."""

from __future__ import annotations

import stat
import time
from pathlib import Path

import pytest

from webapp import data_dir
from webapp.data_dir import (
    LOCK_FILE,
    SECRET_FILE,
    AlreadyRunningError,
    DataDirectoryError,
    prepare,
    running_alone,
    secret_key,
)


def test_a_missing_directory_is_made_with_its_parents_for_us_alone(tmp_path: Path) -> None:
    # when
    folder = prepare(tmp_path / "a" / "b")

    # then
    assert folder.is_dir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_file_in_the_place_of_the_directory_is_refused(tmp_path: Path) -> None:
    # given
    file = tmp_path / "data"
    file.write_text("")

    # when
    with pytest.raises(DataDirectoryError) as refusal:
        prepare(file)

    # then
    assert (
        str(refusal.value) == f"{file} is a file, not a directory. Choose a directory with --data."
    )


def test_a_directory_below_a_file_is_refused_with_the_reason(tmp_path: Path) -> None:
    # given
    (tmp_path / "file").write_text("")

    # when / then
    with pytest.raises(DataDirectoryError, match="cannot be made: Not a directory"):
        prepare(tmp_path / "file" / "data")


def test_the_secret_key_is_made_once_and_readable_by_us_alone(tmp_path: Path) -> None:
    # when
    first, second = secret_key(tmp_path), secret_key(tmp_path)

    # then
    assert first == second
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / SECRET_FILE).stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == [SECRET_FILE]


def test_two_directories_have_different_keys(tmp_path: Path) -> None:
    # given
    one, two = prepare(tmp_path / "one"), prepare(tmp_path / "two")

    # when / then
    assert secret_key(one) != secret_key(two)


def test_a_damaged_secret_key_is_refused_rather_than_used(tmp_path: Path) -> None:
    # given
    (tmp_path / SECRET_FILE).write_text("short\n")

    # when / then
    with pytest.raises(DataDirectoryError, match="Delete it"):
        secret_key(tmp_path)


def test_given_a_running_server_when_another_starts_then_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(data_dir, "PATIENCE", 0)
    with running_alone(tmp_path):
        # when
        with pytest.raises(AlreadyRunningError) as refusal, running_alone(tmp_path):
            pass

        # then
        process = (tmp_path / LOCK_FILE).read_text().strip()
        assert f"(process {process})" in str(refusal.value)


def test_given_a_server_that_has_stopped_when_another_starts_then_it_may(tmp_path: Path) -> None:
    # given
    with running_alone(tmp_path):
        pass

    # when / then
    with running_alone(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text().strip().isdecimal()


def test_given_a_lock_that_outlives_its_server_for_a_moment_then_the_next_one_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    holder = running_alone(tmp_path)
    holder.__enter__()
    monkeypatch.setattr(time, "sleep", lambda _: holder.__exit__(None, None, None))

    # when / then
    with running_alone(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text().strip().isdecimal()


def test_a_secret_key_that_is_no_text_is_damaged(tmp_path: Path) -> None:
    # given
    (tmp_path / "secret.key").write_bytes(b"\xff" * 64)

    # when, then
    with pytest.raises(DataDirectoryError, match="damaged"):
        secret_key(tmp_path)
