"""A network of the Graph API: what an account is told, and what is done for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.fields import Field
from channels.graph import answering, finding, hooks, windows
from channels.graph.dialect import Dialect
from channels.graph.looking import Look
from channels.graph.server import SILENCE, Server
from channels.graph.trying import trial
from channels.model import Chance, ChannelAccount, Mention, Page, Reply
from channels.protocol import Call, Checked, Received

#: Of the API, where an account names no other one. Each works for two years at least.
VERSION = "v25.0"


def fields_of(token: str, address: str) -> tuple[Field, ...]:
    """Return what an account is told; ``token`` says where its access token comes from."""
    return (
        Field("access_token", "Access token", token, secret=True),
        Field("app_secret", "App secret", "Of the app, in its basic settings", secret=True),
        Field("verify_token", "Word of the webhook", "Any word; give the same one to Meta",
              secret=True, required=False),
        Field("comments", "Read comments", kind="flag", default="yes"),
        Field("messages", "Read messages", kind="flag", default="yes"),
        Field("human_agent", "Human agent", "Meta has approved the app for it: people may answer "
              "messages for 7 days", kind="flag", default="no"),
        Field("backlog_days", "Days of earlier mentions", "Read when the account is new",
              required=False, default="1", kind="number"),
        Field("watch_days", "Days a post is watched", "Comments on older posts are not seen",
              required=False, default="30", kind="number"),
        Field("address", "Address of the Graph API", required=False, default=address,
              kind="address", leads=True),
        Field("version", "Version of the Graph API", required=False, default=VERSION),
    )  # fmt: skip


class GraphNetwork:
    """What Facebook and Instagram have in common. Safe to use from several threads."""

    name: str
    title: str
    fields: Sequence[Field]
    can_reply_privately = True
    vouched_by = "verify_token"

    def __init__(
        self,
        dialect: Callable[[ChannelAccount], Dialect],
        address: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        silence: float = SILENCE,
    ) -> None:
        """Take how it speaks, where it usually is, the clock, and how long it may be silent."""
        self._dialect = dialect
        self._address = address
        self._now = now
        self._silence = silence
        self._servers: dict[tuple[str, ...], Server] = {}
        self._lock = threading.Lock()

    @property
    def reply_limit(self) -> int:
        """Longest public reply."""
        return self._usual.comment_limit

    @property
    def private_limit(self) -> int:
        """Longest message."""
        return self._usual.message_limit

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Tell whether it is a comment: messages are apart from them."""
        return not mention.private

    def measure(self, text: str) -> int:
        """Return the characters of ``text``."""
        return len(text)

    def measure_private(self, text: str) -> int:
        """Return the length of ``text`` as a message."""
        return self._usual.measure_message(text)

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what happened since ``after``; see :class:`channels.protocol.Channel`."""
        server, dialect = self._server(account), self._dialect(account)
        yield from Look(server, dialect, account.settings, after, self._now()).pages()

    def chance(self, account: ChannelAccount, reply: Reply) -> Chance:
        """Tell until when a reply is taken; see :class:`channels.protocol.Restricting`."""
        agents = account.settings.get("human_agent") is True
        return windows.chance(reply, self._now(), title=self.title, agents=agents)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Send ``reply`` and return how the network calls it."""
        chance = self.chance(account, reply)
        return answering.send(
            self._server(account), self._dialect(account), reply, self._now(), chance
        )

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Look for ``reply`` among the answers to what it answers: there are no keys."""
        return finding.find(self._server(account), self._dialect(account), reply)

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Try the account, writing nothing; see :class:`channels.protocol.Adding`."""
        return trial(self._server(account), self._dialect(account), account, self._now())

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        """Answer a call by Meta; see :class:`channels.protocol.Receiving`."""
        return hooks.receive(account, call, self._dialect(account))

    @property
    def _usual(self) -> Dialect:
        return self._dialect(ChannelAccount(0, self.name, ""))

    def _server(self, account: ChannelAccount) -> Server:
        """Return what calls for an account; one object a token, with its connections."""
        key = (
            str(account.settings.get("address") or self._address),
            str(account.settings.get("version") or VERSION),
            account.secrets.get("access_token", ""),
            account.secrets.get("app_secret", ""),
        )
        with self._lock:
            if key not in self._servers:
                self._servers[key] = Server(*key, self.title, silence=self._silence)
            return self._servers[key]
