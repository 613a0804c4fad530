"""A port of its own for a process that serves no pages."""

from __future__ import annotations

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.waiting import until
from tests.webapp.monitoring.conftest import TOKEN
from webapp.bootstrap import Installation
from webapp.monitoring import listener
from webapp.monitoring.listener import answering
from webapp.serving import PortTakenError
from webapp.settings import Settings


@pytest.fixture
def address(installation: Installation) -> Iterator[str]:
    """Return where the monitor of the installation answers."""
    settings = Settings(database_url=None, host="127.0.0.1", worker_port=0)
    with answering(installation.rooms.monitor, settings) as port:
        yield f"http://127.0.0.1:{port}"


def ask(address: str, method: str = "GET", **headers: str) -> tuple[int, str, Any]:
    """Return status, body and headers."""
    request = urllib.request.Request(address, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode(), refused.headers


def test_health_is_told_to_everybody(address: str, installation: Installation) -> None:
    # when
    live, ready = ask(f"{address}/health/live"), ask(f"{address}/health/ready?x=1")
    installation.rooms.monitor.health.add("waker", lambda: "does not run")
    unfit = ask(f"{address}/health/ready")

    # then
    assert (live[0], json.loads(live[1])) == (200, {"status": "live"})
    assert (ready[0], json.loads(ready[1])["status"]) == (200, "ready")
    assert (unfit[0], json.loads(unfit[1])["checks"]["waker"]) == (503, "does not run")


def test_figures_are_told_to_who_bears_the_token(address: str) -> None:
    # when
    stranger = ask(f"{address}/metrics")
    known = ask(f"{address}/metrics", Authorization=f"Bearer {TOKEN}")

    # then
    assert stranger[0] == 401 and "corral_" not in stranger[1]
    assert stranger[2]["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert known[0] == 200 and "corral_events_applied_total" in known[1]


def test_nothing_else_is_there_and_nothing_can_be_changed(address: str) -> None:
    assert ask(f"{address}/")[0] == 404
    assert ask(f"{address}/login")[0] == 404
    assert ask(f"{address}/health/live", "POST")[0] == 501
    assert ask(f"{address}/../../etc/passwd")[0] == 404


def test_a_head_is_answered_without_a_body(address: str) -> None:
    # when
    status, body, headers = ask(f"{address}/health/live", "HEAD")

    # then
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 0


def test_answers_name_no_program_version_and_are_not_kept(address: str) -> None:
    # when
    headers = ask(f"{address}/health/live")[2]

    # then
    assert headers["Server"].strip() == "corral"
    assert headers["Cache-Control"] == "no-store"


def test_nonsense_breaks_nothing(address: str) -> None:
    # given
    host, port = address.removeprefix("http://").split(":")

    # when
    for said in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b""):
        with socket.create_connection((host, int(port)), timeout=30) as line:
            line.sendall(said)

    # then
    assert ask(f"{address}/health/live")[0] == 200


def test_whoever_sends_a_letter_at_a_time_is_cut_off(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(listener, "_PATIENCE", 0.2)
    host, port = address.removeprefix("http://").split(":")

    # when
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"GET /health/live HTTP/1.1\r\nX: ")
        line.settimeout(0.01)
        until(lambda: cut_off(line))

    # then
    assert ask(f"{address}/health/live")[0] == 200


def cut_off(line: socket.socket) -> bool:
    """Send one letter more, and tell whether anybody still listens."""
    try:
        line.sendall(b"x")
        line.recv(1_000)
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_strangers_who_ask_and_say_nothing_take_so_many_threads_at_most(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(listener, "_PATIENCE", 0.5)
    host, port = address.removeprefix("http://").split(":")
    before = threading.active_count()

    # when
    with ExitStack() as lines:
        for _ in range(3 * listener._ROOM):
            lines.enter_context(socket.create_connection((host, int(port)), timeout=30))
        most = threading.active_count() - before

    # then
    assert most <= listener._ROOM
    until(lambda: answers(address))


def answers(address: str) -> bool:
    """Tell whether there is room for one who asks."""
    try:
        return ask(f"{address}/health/live")[0] == 200
    except OSError:
        return False


def test_without_the_setting_nothing_is_listened_on(installation: Installation) -> None:
    with answering(installation.rooms.monitor, Settings(database_url=None)) as port:
        assert port is None


def test_after_the_end_the_port_is_free_again(installation: Installation) -> None:
    # given
    settings = Settings(database_url=None, worker_port=0)
    with answering(installation.rooms.monitor, settings) as port:
        assert port

    # then
    with socket.create_server(("127.0.0.1", port)):
        pass


def test_a_port_in_use_is_refused_with_a_cure(installation: Installation) -> None:
    # given
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(database_url=None, worker_port=taken.getsockname()[1])

        # then
        with (
            pytest.raises(PortTakenError, match="Choose another"),
            answering(installation.rooms.monitor, settings),
        ):
            pass
