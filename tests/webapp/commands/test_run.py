"""``corral run`` as a process of its own: what it prints, serves, refuses, and how it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp import bootstrap, seeding
from webapp.settings import Settings

TREE = Path(__file__).parents[3]


class Started:
    """A running ``corral`` and what it printed so far."""

    def __init__(self, process: subprocess.Popen[str], welcome: str) -> None:
        self.process = process
        self.welcome = welcome
        found = re.search(r"Corral runs at (http://\S+)", welcome)
        assert found, welcome
        self.address = found[1]

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(self.address + path, timeout=60) as answer:
            return answer.status, answer.read().decode()

    def stop(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Start ``corral run`` with some arguments and wait until it says where it is."""
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> Started:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("CORRAL_")}
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "run", "--port", "0", *arguments],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(TREE)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        processes.append(process)
        assert process.stdout
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        threading.Thread(target=process.stdout.read, daemon=True).start()
        return Started(process, "".join(lines))

    yield run
    for process in processes:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_the_demo_starts_says_how_to_log_in_and_stops_on_sigterm(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    # given
    corral = start("--demo")

    # when
    health = corral.get("/health/ready")
    login = corral.get("/login")
    code = corral.stop(signal.SIGTERM)

    # then
    assert (health[0], login[0], code) == (200, 200, 0)
    for person in seeding.DEMO_PEOPLE:
        line = next(row for row in corral.welcome.splitlines() if f"  {person.login} " in row)
        assert seeding.DEMO_PASSWORD in line and person.role in line
    assert (tmp_path / "data" / "corral.sqlite").exists()
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_without_people_it_says_how_to_add_the_first_and_stops_on_sigint(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    # given
    corral = start("--data", str(tmp_path / "elsewhere"))

    # when
    corral.get("/health/ready")
    code = corral.stop(signal.SIGINT)

    # then
    assert code == 0
    assert "corral users add LOGIN --role operator --data" in corral.welcome
    assert seeding.DEMO_PASSWORD not in corral.welcome


def test_given_an_open_live_page_when_stopped_then_it_does_not_wait_for_it(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    # given
    corral = start("--demo")
    with bootstrap.open_people(Settings(data=tmp_path / "data")) as people:
        assert people.recognise("ana", seeding.DEMO_PASSWORD)
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    page = opener.open(corral.address + "/login", timeout=60).read().decode()
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    form = f"csrf_token={token}&login=ana&password={seeding.DEMO_PASSWORD}".encode()
    opener.open(corral.address + "/login", data=form, timeout=60)
    stream = opener.open(corral.address + "/live", timeout=60)
    assert stream.readline().startswith(b"retry:")

    # when
    code = corral.stop(signal.SIGTERM)

    # then
    assert code == 0
    rest = stream.read()
    assert rest.startswith(b"event: hello")


def test_a_second_server_on_the_same_directory_is_refused(
    start: Callable[..., Started], tmp_path: Path
) -> None:
    # given
    start()

    # when
    second = subprocess.run(
        [sys.executable, "-m", "webapp.cli", "run", "--port", "0"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TREE), "CORRAL_DATA": "data"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    # then
    assert second.returncode == 2
    assert second.stderr.startswith("Error: Corral is running on data already")
    assert second.stderr.count("\n") == 1


def test_a_port_in_use_is_refused_in_one_line(tmp_path: Path) -> None:
    # given
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        # when
        refused = subprocess.run(
            [sys.executable, "-m", "webapp.cli", "run", "--port", port],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(TREE)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    # then
    assert refused.returncode == 2
    assert f"port {port}: Address already in use" in refused.stderr
    assert refused.stderr.count("\n") == 1
