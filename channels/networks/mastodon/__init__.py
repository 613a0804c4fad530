"""Mastodon, and servers that speak its language: GoToSocial, Pleroma, Akkoma, Takahe and others.

An account is told the address of its server and an access token. Replies name their customer,
public ones in public, private ones as a post that only they can read. Of the files here

* ``server.py`` calls, ``threads.py`` finds conversations, ``posts.py`` reads;
* ``looking.py`` and ``changes.py`` make pages of it;
* ``wording.py`` writes, ``uploading.py`` gives it files, ``listening.py`` hears of news.

Facts about servers: Mastodon's documentation; what others do was seen on GoToSocial 0.20 and
Takahe 0.11.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.errors import ChannelRefusedError, ReplyTooLongError
from channels.fields import Field, days
from channels.media import MediaRules
from channels.model import ChannelAccount, Page, Reply
from channels.networks.mastodon.finding import Finding
from channels.networks.mastodon.listening import Listener
from channels.networks.mastodon.looking import Look
from channels.networks.mastodon.media import rules_of
from channels.networks.mastodon.server import SILENCE, Server
from channels.networks.mastodon.trying import trial
from channels.networks.mastodon.uploading import uploaded
from channels.networks.mastodon.wording import ROOM, length_of, wording
from channels.protocol import Checked


class MastodonNetwork:
    """All servers that speak Mastodon's language. Safe to use from several threads."""

    name = "mastodon"
    title = "Mastodon"
    #: Of 500 characters some are kept for the name of the customer.
    reply_limit = 500 - ROOM
    can_reply_privately = True
    fields = (
        Field("server", "Server", "Where the account lives, as https://mastodon.social",
              kind="address", leads=True),
        Field("access_token", "Access token",
              "Preferences, Development, New application; scopes: read, write:statuses, "
              "write:media",
              secret=True),
        Field("visibility", "Public replies are", "Unlisted ones stay out of public timelines",
              required=False, default="public", choices=("public", "unlisted")),
        Field("backlog_days", "Days of earlier mentions", "Read when the account is new",
              required=False, default="1", kind="number"),
    )  # fmt: skip

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        silence: float = SILENCE,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the clock ``now`` (UTC), the seconds a server may be silent, and how to wait."""
        self._now = now
        self._pause = pause
        self._silence = silence
        self._servers: dict[tuple[str, str], Server] = {}
        self._lock = threading.Lock()

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what happened since ``after``; see :class:`channels.protocol.Channel`."""
        backlog = days(account.settings.get("backlog_days"), 1.0)
        yield from Look(self._server(account), after, self._now(), backlog=backlog).pages()

    def measure(self, text: str) -> int:
        """Return the characters of ``text``: a link counts 23, a handle without its server."""
        return length_of(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply``, with the name of the customer in front, and return its id."""
        position = account.position or {}
        limit = position.get("reply_limit") or self.reply_limit
        if (length := self.measure(reply.text)) > limit:
            raise ReplyTooLongError(self.name, length=length, limit=limit)
        server = self._server(account)
        text = wording(reply, account.handle)
        terms = position.get("terms") or {}
        most = terms.get("limit") or limit + ROOM
        if (length := length_of(text, *_url_length(terms))) > most:
            raise ReplyTooLongError(self.name, length=length, limit=most)
        # Posted before, by this process: a server need not mind the key.
        if (known := server.posted.id_of(reply.idempotency_key)) is not None:
            return known
        public = str(account.settings.get("visibility") or "public")
        visibility = "direct" if reply.private else public
        files = uploaded(server, reply, self._pause) if reply.files else []
        # A post takes them, whether or not we hear of it.
        server.uploads.used(reply)
        return server.post(
            text, to=reply.in_reply_to, visibility=visibility, key=reply.idempotency_key,
            media=files,
        )  # fmt: skip

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a reply may carry: in public and in private what its server says."""
        return rules_of((account.position or {}).get("terms") or {})

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of ``reply`` if it stands among our own posts.

        Keys are no help here: they last an hour at most, and many servers ignore them.
        """
        return Finding(self._server(account), account, reply, self._now()).found()

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Try the account, writing nothing; see :class:`channels.protocol.Adding`."""
        return trial(self._server(account), account)

    def listen(
        self, account: ChannelAccount, wake: Callable[[], None], ended: threading.Event
    ) -> None:
        """Wake whenever the stream of the account tells of a mention or of a change to one."""
        Listener(self._server(account), wake).listen(ended)

    def _server(self, account: ChannelAccount) -> Server:
        """Return the server of an account; one object a token, with its connections and caches."""
        address = str(account.settings.get("server") or "")
        if not address:
            raise ChannelRefusedError(f"The account {account.handle} has no server. Tell it one.")
        key = (address, account.secrets.get("access_token", ""))
        with self._lock:
            if key not in self._servers:
                self._servers[key] = Server(*key, silence=self._silence)
            return self._servers[key]


def _url_length(terms: Mapping[str, Any]) -> tuple[int, ...]:
    told = terms.get("url_length")
    return (told,) if isinstance(told, int) else ()


channel = MastodonNetwork
