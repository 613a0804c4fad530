"""A whole Corral on 127.0.0.1 for a real browser: real engine, real pages, a network of our own.

Time moves only when a test says so, and replies go out only when a test lets them, so nothing
here waits for a clock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from werkzeug.serving import WSGIRequestHandler, make_server

import processes
from channels.intake import Intake
from channels.media import LIKE_X, LIKE_X_IN_PRIVATE, MediaRules
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from channels.networks.form import FormNetwork
from channels.protocol import Checked
from engine import Engine
from tests.channels.pretending import ASKED
from webapp.app import create_app
from webapp.bootstrap import wire
from webapp.settings import Settings

PASSWORD = "browser-tests"
PEOPLE = (
    ("ana", "Ana Ruiz", "agent"),
    ("ben", "Ben Adeyemi", "agent"),
    ("dan", "Dan Okafor", "designer"),
    ("mia", "Mia Lindqvist", "manager"),
    ("oli", "Oli Brandt", "operator"),
)
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class HandClock:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.present = MORNING

    def now(self) -> datetime:
        return self.present


class PostBox:
    """A network that takes every reply and shows nothing by itself."""

    name = "demo"
    reply_limit = 280
    can_reply_privately = True
    title = "Post box"
    fields = ASKED

    def __init__(self) -> None:
        self.taken: list[Reply] = []

    def check(self, account: ChannelAccount) -> list[Checked]:
        return [Checked("Open", "nothing in it")]

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        return iter(())

    def measure(self, text: str) -> int:
        return len(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        return LIKE_X_IN_PRIVATE if private else LIKE_X

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        self.taken.append(reply)
        return f"out-{reply.idempotency_key}"

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        known = {sent.idempotency_key for sent in self.taken}
        return f"out-{reply.idempotency_key}" if reply.idempotency_key in known else None


class _Quiet(WSGIRequestHandler):
    """Answers without a line in the log for each request."""

    def log(self, type: str, message: str, *args: Any) -> None:
        pass


class House:
    """Corral with the complaint process, five people, and customers who write when told."""

    def __init__(self) -> None:
        self.clock = HandClock()
        self.network = PostBox()
        engine = Engine.in_memory(clock=self.clock)
        self.installation = wire(
            engine,
            Settings(database_url=None, login_limit="1000 per minute", credentials_key="c0" * 32),
            channels={"demo": self.network, "form": FormNetwork()},
            hasher=PasswordHasher(1, 8, 1),
        )
        self.services = self.installation.services()
        self.engine = self.services.engine
        for login, name, role in PEOPLE:
            self.services.people.add("default", login, PASSWORD, name=name, roles=[role])
        self.engine.deploy(processes.files("complaint"), by="dan")
        self.account = self.services.conversations.ensure_account("demo", "northwind_care")
        self._intake = Intake(self.engine, channels={"demo": self.network})
        self._posts = 0
        app = create_app(self.installation.rooms, secret_key="b" * 64)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def customer_writes(
        self, text: str, *, name: str = "Maya Torres", thread: str = "", reach: int = 40
    ) -> None:
        """Let a mention come in, in a conversation of its own unless ``thread`` names one."""
        self._posts += 1
        author = Author(f"id-{name}", name.split()[0].lower(), name, reach)
        number = f"post-{self._posts}"
        mention = Mention(number, author, text, self.clock.now(), thread or number)
        page = Page(mentions=(mention,), position={"last": self._posts})
        self._intake.take(self.account, page)

    def time_passes(self, span: timedelta) -> None:
        """Move the clock and fire what is due."""
        self.clock.present += span
        self.engine.pump(self.clock.now())

    def replies_go_out(self) -> None:
        """Send what waits in the outbox."""
        self.services.outbox.send_due(self.clock.now())

    def close(self) -> None:
        """End the open pages, then the server."""
        self.installation.rooms.live.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.engine.close()
