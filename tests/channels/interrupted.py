"""A network during whose calls something happens: a takeover, a kill, another worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from channels.model import ChannelAccount, Page, Reply
from tests.channels.conftest import FakeNetwork


class Interrupted(FakeNetwork):
    """A network during whose calls something happens."""

    def __init__(self) -> None:
        super().__init__()
        self.while_reading: Callable[[], object] = lambda: None
        self.while_sending: Callable[[], object] = lambda: None
        self.while_looking: Callable[[], object] = lambda: None
        self.looks = 0

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        self.looks += 1
        happens, self.while_reading = self.while_reading, lambda: None
        happens()
        yield from super().fetch(account, after)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        happens, self.while_sending = self.while_sending, lambda: None
        happens()
        return super().send(account, reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        found = super().find(account, reply)
        happens, self.while_looking = self.while_looking, lambda: None
        happens()
        return found


def dies() -> None:
    """What a kill does to a call: nothing behind it happens."""
    raise KeyboardInterrupt
