"""A network on which the team talks, as far as all of them are alike.

None of them keeps a key for long, so a note carries its key where the network shows it again, and
is looked for by it before it is posted.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from channels.calling import Caller, Line
from channels.errors import ChannelRefusedError, ReplyTooLongError
from channels.model import ChannelAccount, Reply
from channels.moments import DOUBT

#: What was posted longer ago and is not known here was not posted: that is what ``find`` is for.
RECENT = timedelta(hours=1)


class TeamNetwork(ABC):
    """Keeps connections and names. Safe to use from several threads."""

    name: str
    reply_limit: int
    can_reply_privately = True

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, silence: float = 20.0
    ) -> None:
        """Take the clock ``now`` (UTC), and the seconds that a server may be silent."""
        self._now = now
        self._silence = silence
        self._names: dict[tuple[str, str], str] = {}
        self._callers: dict[tuple[str, str, float], Caller] = {}
        self._lock = threading.Lock()

    @abstractmethod
    def measure(self, text: str) -> int:
        """Return the characters of ``text`` as it is posted."""

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post a note, unless it is there, and return its id."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        since = max(reply.created_at, self._now() - RECENT) - DOUBT
        return self._found(account, reply, since) or self._posted(account, reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of a note if it is in the channel, or in its thread there."""
        return self._found(account, reply, reply.created_at - DOUBT)

    @abstractmethod
    def _found(self, account: ChannelAccount, reply: Reply, since: datetime) -> str | None:
        """Return the id of a note that was posted after ``since``, by its key."""

    @abstractmethod
    def _posted(self, account: ChannelAccount, reply: Reply) -> str:
        """Post a note and return its id."""

    def _name_of(self, account: ChannelAccount, user: str, ask: Callable[[], str]) -> str:
        """Return the name of a member of the team, by its id; it is asked for once."""
        key = (account.secrets.get("bot_token", ""), user)
        if user and key not in self._names:
            try:
                self._names[key] = ask() or user
            except ChannelRefusedError:
                return user
        return self._names.get(key, user or "somebody")

    def _calling(
        self, account: ChannelAccount, address: str, *, silence: float | None = None
    ) -> Caller:
        """Return what calls a server as our bot; with ``silence`` in no more seconds than that."""
        token = account.secrets.get("bot_token", "")
        key = (address, token, silence or 0.0)
        with self._lock:
            if key not in self._callers:
                line = Line(read=self._silence)
                if silence is not None:
                    line = Line(connect=silence, read=silence, whole=silence)
                headers = {"Authorization": f"Bearer {token}"}
                self._callers[key] = Caller(address, headers=headers, line=line)
            return self._callers[key]
