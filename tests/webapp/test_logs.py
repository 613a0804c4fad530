"""The log: levels, forms, and no secrets."""

from __future__ import annotations

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
