"""Bluesky, and every other server of the AT Protocol, by plain XRPC.

An account is told its handle and an app password. Replies are records of its repository, under a
key that follows from the reply: writing one twice changes nothing. Of the files here

* ``session.py`` logs in and calls, ``desk.py`` remembers what was learnt of an account;
* ``posts.py`` reads, ``threads.py`` finds conversations, ``tracks.py`` knows what is new;
* ``looking.py`` makes pages of it, ``messages.py`` carries direct messages;
* ``records.py`` writes, ``answering.py`` posts, ``trying.py`` tries an account.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.errors import ReplyTooLongError
from channels.fields import Field
from channels.media import MediaRules
from channels.model import ChannelAccount, Mention, Page, Reply
from channels.networks.bluesky import answering
from channels.networks.bluesky.desk import Desk
from channels.networks.bluesky.looking import Look
from channels.networks.bluesky.records import (
    GRAPHEMES,
    MESSAGE_GRAPHEMES,
    PICTURES_OF_A_POST,
    length_of,
)
from channels.networks.bluesky.session import Session
from channels.networks.bluesky.trying import trial
from channels.protocol import Checked

#: Where most accounts live, and log in.
SERVICE = "https://bsky.social"


class Bluesky:
    """All servers of the AT Protocol. Safe to use from several threads."""

    name = "bluesky"
    title = "Bluesky"
    reply_limit = GRAPHEMES
    private_limit = MESSAGE_GRAPHEMES
    can_reply_privately = True
    fields = (
        Field("app_password", "App password",
              "Settings, Privacy and security, App passwords; allow access to direct messages",
              secret=True),
        Field("server", "Server", "Where the account logs in", required=False, default=SERVICE,
              kind="address", leads=True),
        Field("search", "Listen for", "Posts that a search for these words finds count as mentions",
              required=False),
        Field("messages", "Read direct messages", "If the app password allows it", required=False,
              default="yes", kind="flag"),
        Field("backlog_days", "Days of earlier mentions", "Read when the account is new",
              required=False, default="1", kind="number"),
    )  # fmt: skip

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Take the clock ``now``: a function that returns the present in UTC."""
        self._now = now
        self._desks: dict[tuple[str, str, str], Desk] = {}
        self._lock = threading.Lock()

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what happened since ``after``; see :class:`channels.protocol.Channel`."""
        yield from Look(account, self._desk(account), after, self._now()).pages()

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Tell whether it is a post: messages are apart from them."""
        return not mention.private

    def measure(self, text: str) -> int:
        """Return what people take for characters, or a tenth of the bytes if that is more."""
        return length_of(text)

    def measure_private(self, text: str) -> int:
        """Return the same: of a message, too, both characters and bytes have a limit."""
        return length_of(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a post may carry; a message carries none."""
        return MediaRules() if private else PICTURES_OF_A_POST

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply`` and return its address; one that stands there already stays as it is."""
        limit = self.private_limit if reply.private else self.reply_limit
        if (length := self.measure(reply.text)) > limit:
            raise ReplyTooLongError(self.name, length=length, limit=limit)
        return answering.send(self._desk(account), reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the address of ``reply`` if it stands in our repository. It is always certain."""
        return answering.find(self._desk(account), reply)

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Try the account, writing nothing; see :class:`channels.protocol.Adding`."""
        return trial(self._desk(account).session, account)

    def _desk(self, account: ChannelAccount) -> Desk:
        """Return what is known of an account; one object for what it logs in with."""
        service = str(account.settings.get("server") or SERVICE)
        key = (service, account.handle, account.secrets.get("app_password", ""))
        with self._lock:
            if key not in self._desks:
                self._desks[key] = Desk(Session(*key))
            return self._desks[key]


channel = Bluesky
