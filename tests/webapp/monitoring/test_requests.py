"""Every request has an id: in its answer, and in each line that is logged on its behalf."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from apiflask import APIFlask
from structlog.testing import LogCapture

from engine import Engine
from engine.errors import StorageError
from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings


@pytest.fixture
def logged() -> Any:
    """Return the lines that are logged, with what is bound to them."""
    structlog.reset_defaults()
    capture = LogCapture()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, capture])
    yield capture.entries
    structlog.reset_defaults()


@pytest.fixture
def behind_proxy(engine: Engine) -> APIFlask:
    """Return an application with one proxy in front."""
    wired = wire(engine, Settings(database_url=None, trusted_proxies=1))
    return create_app(wired.rooms, secret_key="s" * 64)


def test_each_answer_bears_an_id_of_its_own(app: APIFlask) -> None:
    # when
    ids = [app.test_client().get(path).headers["X-Request-ID"] for path in ("/login", "/x", "/x")]

    # then
    assert all(re.fullmatch(r"[0-9a-f]{16}", id) for id in ids)
    assert len(set(ids)) == 3


def test_an_id_that_a_stranger_sends_is_not_taken_over(app: APIFlask) -> None:
    # when
    answer = app.test_client().get("/login", headers={"X-Request-ID": "chosen-by-me"})

    # then
    assert answer.headers["X-Request-ID"] != "chosen-by-me"


def test_the_id_of_a_proxy_in_front_is_taken_over(behind_proxy: APIFlask) -> None:
    # when
    answer = behind_proxy.test_client().get("/login", headers={"X-Request-ID": "7f9c.a-b_c1"})

    # then
    assert answer.headers["X-Request-ID"] == "7f9c.a-b_c1"


@pytest.mark.parametrize("odd", ["a b c d e f g h", "x" * 65, "short", "é" * 10, "<script>abc", ""])
def test_an_id_that_looks_like_none_is_replaced(behind_proxy: APIFlask, odd: str) -> None:
    # when
    answer = behind_proxy.test_client().get("/login", headers={"X-Request-ID": odd})

    # then
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-ID"])


def test_what_is_logged_on_behalf_of_a_request_bears_its_id_workspace_and_nouns(
    installation: Installation, engine: Engine, as_person: Callable[[str], Any],
    logged: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # given
    instance = engine.start("errand")
    client = as_person("oli")
    bound = installation.services().engine

    def gone(_id: int) -> None:
        raise StorageError("The disk is gone.")

    monkeypatch.setattr(bound, "instance", gone)

    # when
    answer = client.get(f"/api/instances/{instance.id}?secret=hush")

    # then
    assert answer.status_code == 503
    (line,) = [line for line in logged if line["event"] == "request.unavailable"]
    assert line["request"] == answer.headers["X-Request-ID"]
    assert (line["workspace"], line["instance"], line["person"]) == ("default", instance.id, "oli")
    assert "hush" not in json.dumps(line)


def test_the_next_request_inherits_nothing(engine: Engine, as_person: Callable[[str], Any]) -> None:
    # when
    as_person("oli").get(f"/api/instances/{engine.start('errand').id}")

    # then
    assert structlog.contextvars.get_contextvars() == {}


def test_a_debug_line_tells_each_answer_with_its_time(
    browser: Any, logged: list[dict[str, Any]]
) -> None:
    # when
    browser.get("/login?next=hush")

    # then
    (line,) = [line for line in logged if line["event"] == "request.answered"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/login", 200)
    assert line["seconds"] >= 0
    assert "hush" not in json.dumps(line)


def test_a_failure_of_ours_names_its_request_to_people_and_programs(
    app: APIFlask, browser: Any, installation: Installation, as_person: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # given
    def gone(*_: object, **__: object) -> None:
        raise StorageError("The disk is gone.")

    monkeypatch.setattr(installation.services().engine, "instance", gone)
    browser.log_in("oli")

    # when
    page = browser.get("/instances/1")
    problem = as_person("oli").get("/api/instances/1")
    refused = browser.get("/nowhere")

    # then
    assert (page.status_code, problem.status_code) == (503, 503)
    assert f"(request {page.headers['X-Request-ID']})" in page.text
    assert (
        problem.json["detail"] == f"The disk is gone. (request {problem.headers['X-Request-ID']})"
    )
    assert refused.headers["X-Request-ID"] not in refused.text
