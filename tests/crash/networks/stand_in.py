"""The network of the crash tests, as Corral sees it; ``stand_in_server.py`` is behind it.

It is no part of the product: ``tests/start_corral.py`` puts this folder on the path of
:mod:`channels.networks`, where it is found like any other network.

``account.settings["port"]`` says where the server listens; the account's handle says how good the
network is (see there).
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from channels.errors import (
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.model import Author, ChannelAccount, Mention, OwnPost, Page, Reply

#: Seconds until an answer is not waited for any more.
PATIENCE = 8


class StandIn:
    """A client of the stand-in network."""

    name = "stand_in"
    reply_limit = 280
    can_reply_privately = True

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield the feed behind a position; the server may show again what it showed before."""
        position = int((after or {}).get("position", 0))
        while True:
            path = f"/{account.handle}/feed?after={position}"
            status, answer = self._asked(account, "GET", path)
            if status != 200:
                raise ChannelUnavailableError(f"The feed answers {status}.")
            yield _page(answer)
            if answer["position"] <= position:
                return
            position = answer["position"]

    def measure(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post once. What is not clearly answered may have been posted."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", account.settings["port"], timeout=PATIENCE
        )
        try:
            connection.connect()
        except OSError as error:
            raise ChannelUnavailableError(f"Nobody listens: {error}.") from error
        post = {"key": reply.idempotency_key, "text": reply.text, "thread": reply.thread}
        try:
            connection.request("POST", f"/{account.handle}/posts", json.dumps(post))
            response = connection.getresponse()
            status, answer = response.status, json.loads(response.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise DeliveryUnknownError(f"Cut off: {type(error).__name__}.") from error
        finally:
            connection.close()
        if status == 200:
            return str(answer["id"])
        if status == 422:
            raise ReplyRefusedError("The stand-in refuses this text.")
        if status in (429, 503):
            raise ChannelUnavailableError("The stand-in is busy.", retry_after=1)
        raise DeliveryUnknownError(f"The stand-in answers {status}.")

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Look for a post of ours by its text."""
        path = f"/{account.handle}/posts?text={quote(reply.text)}"
        status, answer = self._asked(account, "GET", path)
        if status == 404:
            return None
        if status != 200:
            raise ChannelUnavailableError(f"The stand-in cannot tell: {status}.")
        return str(answer["id"])

    def _asked(self, account: ChannelAccount, method: str, path: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(
            "127.0.0.1", account.settings["port"], timeout=PATIENCE
        )
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"{}")
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise ChannelUnavailableError(f"No answer: {type(error).__name__}.") from error
        finally:
            connection.close()


def _page(answer: Mapping[str, Any]) -> Page:
    mentions = tuple(
        Mention(
            external_id=each["id"],
            author=Author(each["author"], each["author"]),
            text=each["text"],
            created_at=datetime.fromisoformat(each["at"]),
            thread=each["thread"],
        )
        for each in answer["entries"]
        if each["kind"] == "mention"
    )
    own = tuple(
        OwnPost(each["id"], each["text"], datetime.fromisoformat(each["at"]), each["thread"])
        for each in answer["entries"]
        if each["kind"] == "own"
    )
    return Page(mentions, own, {"position": answer["position"]})


channel = StandIn
