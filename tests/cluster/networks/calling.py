"""A network whose server is in the test: it learns which process calls, and may keep it waiting.

``account.settings["port"]`` says where the server listens.
"""

from __future__ import annotations

import json
import os
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from channels.errors import ChannelUnavailableError
from channels.model import Author, ChannelAccount, Mention, Page, Reply

#: Seconds until an answer is not waited for any more.
PATIENCE = 100


class Calling:
    """A client of the server in the test."""

    name = "calling"
    reply_limit = 280
    can_reply_privately = False

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield one page: what was told behind a position."""
        position = int((after or {}).get("position", 0))
        asked = {"account": account.handle, "after": position, "process": os.getpid()}
        answer = self._call(account, "feed", asked)
        yield Page(
            tuple(
                Mention(id, Author("a1", "grace"), text, datetime.fromisoformat(at), thread=id)
                for id, text, at in answer["mentions"]
            ),
            position={"position": answer["position"]},
        )

    def measure(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post a reply."""
        told = {"key": reply.idempotency_key, "text": reply.text, "process": os.getpid()}
        return str(self._call(account, "post", told)["id"])

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Look for a reply by its key."""
        id = self._call(account, "find", {"key": reply.idempotency_key})["id"]
        return str(id) if id else None

    def _call(self, account: ChannelAccount, what: str, told: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(
            f"http://127.0.0.1:{account.settings['port']}/{what}", json.dumps(told).encode()
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)
        except OSError as error:
            raise ChannelUnavailableError(f"No answer: {error}.") from error


channel = Calling
