"""What stages of networks have in common: an account whose position is kept, and a clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from channels.model import ChannelAccount, Mention, Page, Reply, ReplyStatus
from channels.protocol import Channel
from tests.channels.conftest import FakeClock

#: Seconds that servers may be silent: machines that are busy answer late as well.
PATIENCE = 30.0


@dataclass
class Staged:
    """A network, an account of ours on it, and a clock that moves when told."""

    network: Any
    account: ChannelAccount
    clock: FakeClock
    #: Everything that was read, also before a look that failed.
    read: list[Mention] = field(default_factory=list)

    def look(self, seconds: float = 60, pages: int | None = None) -> list[Page]:
        """Look after some seconds, as the poller does, and keep the position of every page."""
        self.clock.passes(seconds=seconds)
        found: list[Page] = []
        for page in self.network.fetch(self.account, self.account.position):
            found.append(page)
            self.read += page.mentions
            self.account = replace(self.account, position=page.position)
            if len(found) == pages:
                break
        return found

    def mentions(self, seconds: float = 60) -> list[Mention]:
        """Look, and return the mentions that were read."""
        return [mention for page in self.look(seconds) for mention in page.mentions]

    def texts(self, seconds: float = 60) -> list[str]:
        """Look, and return the texts of the mentions that were read."""
        return [mention.text for mention in self.mentions(seconds)]

    def tells(self, **settings: Any) -> None:
        """Change settings of the account."""
        self.account = replace(self.account, settings={**self.account.settings, **settings})

    def has(self, **secrets: str) -> None:
        """Give the account these secrets, and no others."""
        self.account = replace(self.account, secrets=secrets)

    def restarts(self) -> None:
        """Begin with a new object, as another process does."""
        self.network = type(self.network)(self.clock.now, silence=PATIENCE)

    def reply(self, to: str, text: str = "Sorry for that!", **more: Any) -> Reply:
        values: dict[str, Any] = {
            "id": 1, "conversation_id": 1, "text": text, "private": False, "in_reply_to": to,
            "status": ReplyStatus.SENDING, "idempotency_key": "key-1", "recipient": "bob",
            "created_at": self.clock.now(),
        }  # fmt: skip
        return Reply(**(values | more))

    def send(self, reply: Reply) -> str:
        channel: Channel = self.network
        return channel.send(self.account, reply)

    def find(self, reply: Reply) -> str | None:
        channel: Channel = self.network
        return channel.find(self.account, reply)
