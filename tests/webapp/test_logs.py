"""The log: levels, forms, and no secrets."""

from __future__ import annotations

import contextlib
import io
import json
import logging

import pytest
import structlog

from webapp import logs


@pytest.fixture(autouse=True)
def _restored():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def test_given_json_when_something_is_logged_then_it_is_one_object_a_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    logs.set_up("info", "json")

    # when
    structlog.get_logger().info("mention stored", account=3)

    # then
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["account"], line["level"]) == ("mention stored", 3, "info")


def test_secrets_are_never_written(capsys: pytest.CaptureFixture[str]) -> None:
    # given
    logs.set_up("info", "text")

    # when
    structlog.get_logger().warning("login", password="hush", api_token="hush", login="ana")

    # then
    written = capsys.readouterr().err
    assert "hush" not in written
    assert "ana" in written


def test_less_severe_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    # given
    logs.set_up("warning", "text")

    # when
    structlog.get_logger().info("noise")

    # then
    assert capsys.readouterr().err == ""


def test_libraries_write_into_the_same_log(capsys: pytest.CaptureFixture[str]) -> None:
    # given
    logs.set_up("info", "json")

    # when
    logging.getLogger("gunicorn.error").warning("worker is slow")

    # then
    assert json.loads(capsys.readouterr().err)["event"] == "worker is slow"


def test_secrets_inside_of_what_is_logged_are_never_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    logs.set_up("info", "json")

    # when
    structlog.get_logger().warning("asked", headers={"Authorization": "hush", "Accept": "text"})

    # then
    line = json.loads(capsys.readouterr().err)
    assert line["headers"] == {"Authorization": "***", "Accept": "text"}


def test_ids_that_are_bound_stand_in_lines_of_libraries_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    logs.set_up("info", "json")

    # when
    with structlog.contextvars.bound_contextvars(conversation=7):
        logging.getLogger("urllib3").warning("retrying")

    # then
    assert json.loads(capsys.readouterr().err)["conversation"] == 7


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_shows_no_values_of_variables(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    # given
    logs.set_up("info", form)
    words = "my parcel " + "is lost"

    # when
    try:
        len(words).missing  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError:
        structlog.get_logger().exception("broke", reply=3)

    # then
    written = capsys.readouterr().err
    assert "AttributeError" in written
    assert words not in written


def test_commands_keep_their_output_clean_and_tell_of_trouble_on_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    # given
    logs.set_up_quietly()

    # when
    structlog.get_logger().info("noise")
    structlog.get_logger().warning("trouble")

    # then
    written = capsys.readouterr()
    assert written.out == ""
    assert "trouble" in written.err and "noise" not in written.err


def test_the_log_goes_where_stderr_is_at_the_moment() -> None:
    # given
    logs.set_up("info", "text")

    # when
    with contextlib.redirect_stderr(io.StringIO()) as elsewhere:
        logging.getLogger("library").warning("of a library")
        structlog.get_logger().warning("of ours")

    # then
    assert "of a library" in elsewhere.getvalue()
    assert "of ours" in elsewhere.getvalue()
