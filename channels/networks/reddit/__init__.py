"""Reddit: mentions and answers in the inbox, subreddits that are listened to, messages, replies.

It needs the library praw, which is optional; ``wire.py`` is the only module that knows it.
``things.py`` reads, ``looking.py`` makes pages of it, ``answering.py`` writes and reads back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.errors import CallRefusedError, ChannelRefusedError
from channels.fields import Field
from channels.model import Chance, ChannelAccount, Mention, Page, Reply
from channels.networks.reddit.answering import LONGEST, Answering, refusal_of
from channels.networks.reddit.looking import Look, subreddits_of
from channels.networks.reddit.wire import HOST, SILENCE, Wire, Wires
from channels.protocol import Checked


class RedditNetwork:
    """Reddit. Safe to use from several threads."""

    name = "reddit"
    title = "Reddit"
    reply_limit = LONGEST
    can_reply_privately = True
    fields = (
        Field("client_id", "App id", "reddit.com/prefs/apps, an app of the kind script: the text "
              "below its name"),
        Field("client_secret", "App secret", secret=True),
        Field("password", "Password", "Of the account, unless it has a refresh token", secret=True,
              required=False),
        Field("refresh_token", "Refresh token", "For accounts with two-factor logins", secret=True,
              required=False),
        Field("words", "Words", "Names of the brand, with commas between them, for what is "
              "listened to", required=False),
        Field("subreddits", "Subreddits", "Listened to; names with commas between them",
              required=False),
        Field("messages", "Read private messages", kind="flag", default="yes"),
        Field("backlog_days", "Days of earlier mentions", "Read when the account is new",
              required=False, kind="number", default="1"),
        Field("address", "Address of Reddit", kind="address", default=HOST, leads=True),
    )  # fmt: skip

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        silence: float = SILENCE,
    ) -> None:
        """Take the clock ``now`` (UTC), and the seconds that Reddit may be silent."""
        self._now = now
        self._wires = Wires(silence)

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what happened since ``after``; see :class:`channels.protocol.Channel`."""
        with self._wires.of(account) as wire:
            yield from Look(wire, account, after or {}, self._now()).pages()

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Tell whether it is a post, or a comment: messages are apart from them."""
        return not mention.private

    def measure(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def chance(self, account: ChannelAccount, reply: Reply) -> Chance:
        """Return whether ``reply`` can be sent as it is meant: in private, or in public."""
        return Chance(refusal_of(reply))

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply`` below what it answers, or as a message; return its id."""
        with self._wires.of(account) as wire:
            return Answering(self._wires.posted, wire, account).send(reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of ``reply`` if it stands among our own comments, or messages."""
        with self._wires.of(account) as wire:
            return Answering(self._wires.posted, wire, account).find(reply)

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Log in and read, writing nothing; see :class:`channels.protocol.Adding`."""
        with self._wires.of(account) as wire:
            return _trial(wire, account)


def _trial(wire: Wire, account: ChannelAccount) -> list[Checked]:
    subreddits = subreddits_of(account.settings)
    try:
        name = str(wire.get("/api/v1/me").get("name") or "")
        inbox, _ = wire.children("/message/inbox", limit=1)
        heard = wire.children(f"/r/{subreddits}/comments", limit=1)[0] if subreddits else []
    except CallRefusedError as error:
        raise ChannelRefusedError(
            f"Reddit refuses (status {error.status}). Check the scopes of the app and the names of "
            "the subreddits."
        ) from error
    if name.lower() != account.handle.lower():
        raise ChannelRefusedError(
            f"The credentials are those of {name}, not of {account.handle}. Call the account "
            f"{name}, or give it credentials of its own."
        )
    found = [
        Checked("log in", f"as {name}"),
        Checked("read the inbox", "there is something" if inbox else "it is empty"),
    ]
    if subreddits:
        found.append(Checked("listen", f"to r/{subreddits}{'' if heard else ', which is silent'}"))
    return found


channel = RedditNetwork
