"""What people do during a crash test: customers write, agents answer, programs start instances.

Everybody goes on as people would: an error page is no answer, and means looking again. What was
answered without doubt is kept, because the judge holds Corral to it.
"""

from __future__ import annotations

import http.cookiejar
import itertools
import json
import random
import re
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPException
from typing import Any
from urllib.parse import quote

from sqlalchemy.exc import SQLAlchemyError

from engine.errors import EngineError
from tests.crash.house import AGENTS, PASSWORD, CrashError, House
from tests.crash.stand_in_server import ACCOUNTS
from webapp.bootstrap import Installation

#: What a person meets while things are down; they try again.
TROUBLE = (OSError, HTTPException, ValueError, EngineError, SQLAlchemyError, KeyError)


@dataclass
class Promises:
    """What people were told, and what they cannot know."""

    told: set[str] = field(default_factory=set)  #: external ids of mentions that were written
    confirmed: set[str] = field(default_factory=set)  #: answers that were accepted
    tried: set[str] = field(default_factory=set)  #: answers that were submitted, heard or not
    watches: set[str] = field(default_factory=set)  #: business keys of started instances
    errors: int = 0


class Load:
    """Customers and agents, each in a thread, until they are stopped."""

    def __init__(
        self, house: House, installation: Installation, seed: int, *, most: int = 10**9
    ) -> None:
        """Keep whom they talk to; customers write ``most`` mentions or a few more."""
        self.house = house
        self._most = most
        self.installation = installation
        self.promises = Promises()
        self.writing = threading.Event()  #: cleared: customers fall silent
        self.writing.set()
        self._seed = seed
        self._numbers = itertools.count()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failed: list[BaseException] = []

    def start(self) -> None:
        """Let everybody begin."""
        work: list[tuple[Callable[[random.Random], None], float]] = [
            (self._write_mentions, 0.3),
            *((Browser(self, login).work, 0.2) for login in AGENTS),
            (self._complete_one, 0.2),
            (self._start_watch, 0.5),
        ]
        for number, (what, pause) in enumerate(work):
            thread = threading.Thread(
                target=self._repeat, args=(what, pause, random.Random(self._seed * 100 + number))
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Let everybody end what they do.

        Raises:
            CrashError: one of them met something no person may ever meet.
        """
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise CrashError(f"somebody met {self._failed[0]!r}") from self._failed[0]

    def answer(self, task: int) -> str:
        """Return a text that nobody ever wrote before."""
        text = f"Answer {next(self._numbers)} to {task}"
        self.promises.tried.add(text)
        return text

    def is_there(self, text: str) -> bool:
        """Look at the network as a person would; wait for what is on its way."""
        while True:
            found = self.house.ask_network(f"/truth?text={quote(text)}")
            if found["there"] or not found["in_flight"]:
                return bool(found["there"])
            time.sleep(0.05)

    def _repeat(
        self, what: Callable[[random.Random], None], pause: float, rng: random.Random
    ) -> None:
        while not self._stop.wait(rng.uniform(0.2, 1.8) * pause):
            try:
                what(rng)
            except TROUBLE:
                self.promises.errors += 1
            except BaseException as error:  # noqa: BLE001 - told to whoever stops us
                self._failed.append(error)
                return

    def _write_mentions(self, rng: random.Random) -> None:
        """Let customers write: a new thread, or one more in a thread of the last ones."""
        if not self.writing.is_set() or len(self.promises.told) >= self._most:
            return
        account, told = rng.choice(ACCOUNTS), []
        for _ in range(rng.choice((1, 1, 2, 5))):
            number = next(self._numbers)
            thread = f"{account}-thread-{number if rng.random() < 0.6 else max(0, number - 9) // 9}"
            id = f"{account}-mention-{number}"
            told.append({"id": id, "thread": thread, "author": thread, "text": f"Help! {number}"})
        self.house.tell_network(f"/{account}/mentions", {"mentions": told})
        self.promises.told.update(each["id"] for each in told)

    def _start_watch(self, _rng: random.Random) -> None:
        if self.writing.is_set() and len(self.promises.watches) < self._most:
            key = f"watch:{next(self._numbers)}"
            self.installation.engine.start("watch", business_key=key)
            self.promises.watches.add(key)

    def _complete_one(self, rng: random.Random) -> None:
        """Complete a user task through the engine, as an embedding program would."""
        engine = self.installation.engine
        tasks = engine.user_tasks(limit=20)
        if not tasks:
            return
        task = rng.choice(tasks)
        if task.form == "crash_check":
            text = engine.variables(task.instance_id)["answer"]
            engine.complete(task.id, {"went_out": "yes" if self.is_there(text) else "no"})
            return
        text = self.answer(task.id)
        engine.complete(task.id, {"answer": text})
        self.promises.confirmed.add(text)


class Browser:
    """An agent at a browser: logs in, looks at the queue, opens a user task, completes it."""

    def __init__(self, load: Load, login: str) -> None:
        """Sit down; nobody is logged in yet."""
        self._load = load
        self._login = login
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )

    def work(self, rng: random.Random) -> None:
        """Take one user task from the inbox and complete it."""
        address = rng.choice(self._load.house.addresses)
        inbox = self._get(f"{address}/inbox/{rng.choice(('care', 'watch'))}")
        if 'name="password"' in inbox:
            self._log_in(address, inbox)
            return
        numbers = sorted(set(re.findall(r"/tasks/(\d+)\b", inbox)), key=int)
        if numbers:
            self._complete(address, int(rng.choice(numbers[:10])))

    def _log_in(self, address: str, page: str) -> None:
        form = {"csrf_token": _token(page), "login": self._login, "password": PASSWORD}
        self._post(f"{address}/login", form)

    def _complete(self, address: str, number: int) -> None:
        page = self._get(f"{address}/tasks/{number}")
        opened = re.search(r'name="opened_with" value="([^"]*)"', page)
        form = {"csrf_token": _token(page), "opened_with": unescape(opened[1]) if opened else ""}
        if 'name="went_out"' in page:
            text = json.loads(self._get(f"{address}/api/user-tasks/{number}/variables"))["answer"]
            there = self._load.is_there(text)
            self._post(
                f"{address}/tasks/{number}/complete", form | {"went_out": "yes" if there else "no"}
            )
            return
        if 'name="answer"' not in page:
            return  # somebody was faster
        text = self._load.answer(number)
        self._post(f"{address}/tasks/{number}/complete", form | {"answer": text})
        self._load.promises.confirmed.add(text)

    def _get(self, address: str) -> str:
        with self._opener.open(address, timeout=20) as answer:
            return str(answer.read().decode())

    def _post(self, address: str, form: dict[str, Any]) -> None:
        sent = urllib.parse.urlencode(form).encode()
        with self._opener.open(address, sent, timeout=20) as answer:
            if "/login" in answer.geturl():
                raise ValueError("the session is over: nothing was taken")


def _token(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    if found is None:
        raise ValueError("the page bears no CSRF token")
    return found[1]
