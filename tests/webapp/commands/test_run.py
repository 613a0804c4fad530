"""``corral run`` as a process of its own: what it prints, serves, refuses, and how it ends."""

from __future__ import annotations

import signal
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.waiting import PATIENCE
from tests.webapp.commands.conftest import address_of
from tools import program
from tools.program import Program
from webapp import bootstrap, seeding
from webapp.settings import Settings


def test_the_demo_starts_says_how_to_log_in_and_stops_on_sigterm(
    corral: Callable[..., Program], tmp_path: Path
) -> None:
    # given
    running = corral("run", "--port", 0, "--demo")
    address = address_of(running)

    # when
    healthy, login = (program.answers(address + path) for path in ("/health/ready", "/login"))
    code = running.stop()

    # then
    assert (healthy, login, code) == (True, True, 0)
    for person in seeding.DEMO_PEOPLE:
        line = next(row for row in running.text.splitlines() if f"  {person.login} " in row)
        assert seeding.DEMO_PASSWORD in line and person.role in line
    assert (tmp_path / "data" / "corral.sqlite").exists()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_without_people_it_says_how_to_add_the_first_and_stops_on_sigint(
    corral: Callable[..., Program], tmp_path: Path
) -> None:
    # given
    running = corral("run", "--port", 0, "--data", tmp_path / "elsewhere")
    assert program.answers(address_of(running) + "/health/ready")

    # when
    running.process.send_signal(signal.SIGINT)
    code = running.ends(within=PATIENCE)

    # then
    assert code == 0
    assert "corral users add LOGIN --role operator --data" in running.text
    assert seeding.DEMO_PASSWORD not in running.text


def test_given_an_open_live_page_when_stopped_then_it_does_not_wait_for_it(
    corral: Callable[..., Program], tmp_path: Path
) -> None:
    # given
    running = corral("run", "--port", 0, "--demo")
    address = address_of(running)
    with bootstrap.open_people(Settings(data=tmp_path / "data")) as people:
        assert people.recognise("ana", seeding.DEMO_PASSWORD)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(address + "/login", timeout=60).read().decode()
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = f"csrf_token={token}&login=ana&password={seeding.DEMO_PASSWORD}".encode()
    opener.open(address + "/login", data=form, timeout=60)
    stream = opener.open(address + "/live", timeout=60)
    assert stream.readline().startswith(b"retry:")

    # when
    code = running.stop()

    # then
    assert code == 0
    rest = stream.read()
    assert rest.startswith(b"event: hello")


def test_a_second_server_on_the_same_directory_is_refused(corral: Callable[..., Program]) -> None:
    # given
    address_of(corral("run", "--port", 0))

    # when
    second = corral("run", "--port", 0)

    # then
    assert second.ends(within=PATIENCE) == 2
    assert second.text.startswith("Error: Corral is running on data already")
    assert second.text.count("\n") == 1


def test_a_port_in_use_is_refused_in_one_line(corral: Callable[..., Program]) -> None:
    # given
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        # when
        refused = corral("run", "--port", port)

        # then
        assert refused.ends(within=PATIENCE) == 2
        assert f"port {port}: Address already in use" in refused.text
        assert refused.text.count("\n") == 1
