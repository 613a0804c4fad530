"""Forums that run Discourse: posts and topics that name the brand, and private messages.

An account is the member of a forum that answers; its handle is the name of that member. Of the
files here ``forum.py`` calls, ``posts.py`` reads, ``looking.py`` and ``changes.py`` make pages of
it, and ``answering.py`` writes and reads back.

Facts about forums: Discourse's own source of 2026 and the answers its documentation describes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from channels.errors import ChannelRefusedError
from channels.fields import Field
from channels.model import Chance, ChannelAccount, Mention, Page, Reply
from channels.networks.discourse.answering import LONGEST_POST, Answering, refusal_of
from channels.networks.discourse.forum import SILENCE, Forum, Visit
from channels.networks.discourse.looking import Look
from channels.networks.discourse.posts import Brand
from channels.phrases import listed
from channels.protocol import Checked


class DiscourseNetwork:
    """All forums that run Discourse. Safe to use from several threads."""

    name = "discourse"
    title = "Discourse forum"
    reply_limit = LONGEST_POST
    can_reply_privately = True
    fields = (
        Field("server", "Forum", "Its address, as https://forum.example.com", kind="address",
              leads=True),
        Field("api_key", "API key", "Admin, Advanced, API keys: for this single user, global scope",
              secret=True),
        Field("words", "Words", "Names of the brand, with commas between them. A post that holds "
              "one is a mention, as is one that names or answers the account", required=False),
        Field("messages", "Read private messages", kind="flag", default="yes"),
        Field("search_minutes", "Minutes between searches", "They find posts that were changed to "
              "name the brand; 0: never", required=False, kind="number", default="15"),
        Field("backlog_days", "Days of earlier posts", "Read when the account is new",
              required=False, kind="number", default="1"),
    )  # fmt: skip

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        silence: float = SILENCE,
    ) -> None:
        """Take the clock ``now`` (UTC), and the seconds that a forum may be silent."""
        self._now = now
        self._silence = silence
        self._forums: dict[tuple[str, str, str], Forum] = {}
        self._lock = threading.Lock()

    def fetch(self, account: ChannelAccount, after: Mapping[str, object] | None) -> Iterator[Page]:
        """Yield what happened since ``after``; see :class:`channels.protocol.Channel`."""
        brand = Brand(account.handle, listed(account.settings.get("words")))
        visit = Visit(self._forum(account))
        yield from Look(visit, brand, account.settings, after or {}, self._now()).pages()

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Tell whether it stands in a topic that everybody reads."""
        return not mention.private

    def measure(self, text: str) -> int:
        """Return the number of characters, as forums count them."""
        return len(text)

    def chance(self, account: ChannelAccount, reply: Reply) -> Chance:
        """Return whether ``reply`` can be sent as it is meant: in private, or in public."""
        return Chance(refusal_of(reply))

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply`` below the post it answers, or as a private message; return its id."""
        return Answering(Visit(self._forum(account)), account.handle).send(reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of ``reply`` if it stands in its topic, or waits for a moderator."""
        return Answering(Visit(self._forum(account)), account.handle).find(reply)

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Log in and read, writing nothing; see :class:`channels.protocol.Adding`."""
        visit = Visit(self._forum(account))
        name = visit.me()
        if name.lower() != account.handle.lower():
            raise ChannelRefusedError(
                f"The forum knows this key as {name}, not as {account.handle}. Call the account "
                f"{name}, or make a key for {account.handle}."
            )
        posts = visit.listed("/posts.json", "latest_posts")
        words = ", ".join(listed(account.settings.get("words"))) or f"@{account.handle} alone"
        found = [
            Checked("log in", f"as {name}"),
            Checked("read posts", f"{len(posts)} of the newest"),
            Checked("words", words),
        ]
        if account.settings.get("messages", True):
            posts = visit.listed("/private-posts.json", "private_posts")
            found.append(Checked("read private messages", f"{len(posts)} of the newest"))
        return found

    def _forum(self, account: ChannelAccount) -> Forum:
        """Return the forum of an account, with its connections; one object a key."""
        address = str(account.settings.get("server") or "")
        if not address:
            raise ChannelRefusedError(f"The account {account.handle} has no forum. Tell it one.")
        key = (address, account.secrets.get("api_key", ""), account.handle)
        with self._lock:
            if key not in self._forums:
                self._forums[key] = Forum(*key, silence=self._silence)
            return self._forums[key]


channel = DiscourseNetwork
