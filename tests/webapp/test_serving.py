"""The server as a process: it starts a service, serves, and stops without cutting anything off."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp.serving import PortTakenError, listen

TREE = Path(__file__).parents[2]
#: A service that says what is asked of it, and a request that waits until it is told to go on.
PROGRAM = """
import os, sys
from flask import Flask
from webapp.serving import listen, serve
from webapp.settings import Settings

def say(text):
    os.write(1, f"{text}\\n".encode())

class Service:
    def __init__(self):
        self.app = Flask("service")
        self.app.add_url_rule("/slow", view_func=self.slow)
        self.app.add_url_rule("/quick", view_func=lambda: "quick")

    def slow(self):
        say("begun")
        return sys.stdin.readline()

    def start(self):
        if "broken" in sys.argv:
            raise RuntimeError("the database is gone")
        say("started")

    def end_streams(self):
        say("streams ended")

    def stop(self):
        say("stopped")

listener = listen("127.0.0.1", 0)
say(listener.getsockname()[1])
serve(listener, Settings(threads=4), Service)
"""


class Program:
    """The program above, running."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.errors = folder / "errors.txt"
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *arguments],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
                env={**os.environ, "PYTHONPATH": str(TREE)}, start_new_session=True,
            )  # fmt: skip
        self.port = self.says()

    def says(self) -> str:
        """Return the next line; waits for it."""
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def goes_on(self, text: str) -> None:
        """Let the slow request answer ``text``."""
        assert self.process.stdin
        self.process.stdin.write(f"{text}\n")
        self.process.stdin.flush()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            text: str = answer.read().decode()
            return text


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    started = Program(tmp_path)
    assert started.says() == "started"
    yield started
    if started.process.poll() is None:
        os.killpg(started.process.pid, signal.SIGKILL)
    started.process.communicate()


def test_it_answers_until_it_is_told_to_stop(program: Program) -> None:
    # when
    answers = {program.get("/quick") for _ in range(3)}
    program.process.send_signal(signal.SIGTERM)

    # then
    assert answers == {"quick"}
    assert [program.says(), program.says()] == ["streams ended", "stopped"]
    assert program.process.wait(60) == 0
    assert "Traceback" not in program.errors.read_text()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("whole_group", [False, True])
def test_a_request_under_way_is_finished_before_the_database_is_closed(
    program: Program, how: signal.Signals, whole_group: bool
) -> None:
    # given: Ctrl-C of a terminal reaches every process of the group, kill the first alone
    with ThreadPoolExecutor(1) as pool:
        request = pool.submit(program.get, "/slow")
        assert program.says() == "begun"

        # when
        if whole_group:
            os.killpg(program.process.pid, how)
        else:
            program.process.send_signal(how)
        first = program.says()
        program.goes_on("finished")

        # then
        assert first == "streams ended"
        assert request.result(60).strip() == "finished"
    said = program.process.stdout.read().split() if program.process.stdout else []
    assert said[-1] == "stopped"
    assert said.count("stopped") == 1
    assert program.process.wait(60) == 0
    assert "Traceback" not in program.errors.read_text()


def test_a_service_that_cannot_start_ends_the_server_with_an_error(tmp_path: Path) -> None:
    # when
    program = Program(tmp_path, "broken")
    said, _ = program.process.communicate(timeout=60)

    # then: it does not try for ever, and what was opened is closed
    assert program.process.returncode not in (0, None)
    assert said.split() == ["stopped"]
    with pytest.raises(urllib.error.URLError):
        program.get("/quick")


def test_a_free_port_is_found_and_a_taken_one_refused_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert port > 0
        with pytest.raises(PortTakenError, match=f"port {port}.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid", "256.1.1.1"])
def test_an_address_that_is_not_ours_is_refused_in_a_sentence(host: str) -> None:
    with pytest.raises(PortTakenError, match="Nothing can listen on"):
        listen(host, 0)


def test_the_newer_internet_protocol_is_served_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with listen("::1", 0) as listener:
            assert listener.family is socket.AF_INET6
    except PortTakenError:
        pytest.skip("this machine has no IPv6 address")


#: Waits to be told to stop, and is told so by a signal that another thread of its own receives.
WAITING = """
import signal, sys, threading, traceback
from webapp.serving import until_told_to_stop

def places():
    frame = sys._current_frames()[threading.main_thread().ident]
    return [each.f_code.co_name for each, _ in traceback.walk_stack(frame)]

def tell():
    while places()[0] != "wait" or "start" in places():
        pass
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
    threading.Event().wait()

with until_told_to_stop() as wait:
    threading.Thread(target=tell, daemon=True).start()
    wait()
print("stopped")
"""


def test_a_process_without_requests_stops_whichever_thread_the_signal_reaches() -> None:
    # when
    told = subprocess.run(
        [sys.executable, "-c", WAITING], cwd=TREE, capture_output=True, text=True, timeout=60
    )

    # then
    assert (told.stdout, told.returncode) == ("stopped\n", 0)
