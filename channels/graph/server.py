"""Calls of the Graph API with the token of one account."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from channels.calling import Caller
from channels.errors import (
    CallRefusedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
)
from channels.graph import faults
from channels.graph.posts import Me, Told, each, mapped
from channels.graph.usage import heed
from channels.posted import Posted
from channels.transport import Line

#: Seconds of silence, and for a whole call: of one that asks, and of one that writes. To log in,
#: to write, and to look for what may stand there already, ends within one ``LONGEST_CALL``.
SILENCE, ASKING, WRITING = 12.0, 14.0, 20.0


class Server:
    """Calls the Graph API for one account. Safe to use from several threads."""

    def __init__(
        self, address: str, version: str, token: str, secret: str, title: str,
        *, silence: float = SILENCE,
    ) -> None:  # fmt: skip
        """Take where it is, who calls, and how the network is called in errors.

        Args:
            address: such as ``https://graph.facebook.com``.
            version: of the API, such as ``v25.0``.
            token: access token of the account.
            secret: of the app that the token was made for.
            title: of the network.
            silence: seconds that it may be silent.

        Raises:
            ChannelRefusedError: the token can be none.
        """
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ChannelRefusedError("The access token is missing, or none. Give it anew.")
        self.title = title
        #: Whose token it is, once it was asked.
        self.me: Me | None = None
        #: What went out, as far as this process saw it.
        self.posted = Posted()
        #: How often what belongs to an id could not be read, in this process.
        self.failures: Counter[str] = Counter()
        proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        self._proof = {"appsecret_proof": proof}
        base = f"{address.rstrip('/')}/{version.strip('/')}"
        headers = {"Authorization": f"Bearer {token}"}
        self._asking = Caller(base, headers=headers, line=Line(read=silence, whole=ASKING))
        self._writing = Caller(base, headers=headers, line=Line(read=silence, whole=WRITING))

    def get(self, path: str, **params: Any) -> Told:
        """Ask for an object, or an edge, and return what it tells.

        Raises:
            CallRefusedError: there is no such object, or not for us; see ``faults.is_gone``.
            ChannelUnavailableError: ask again later.
            ChannelRefusedError: somebody has to mend the account.
        """
        try:
            answer = self._asking.call("GET", _path(path), params=params | self._proof)
        except CallRefusedError as error:
            heed(error.headers)
            if faults.is_gone(error):
                raise
            raise faults.asked(error, self.title) from error
        heed(answer.headers)
        told = answer.json()
        if not isinstance(told, Mapping):
            raise ChannelUnavailableError(f"{self.title} answered with something that is no object")
        return told

    def pages(self, path: str, most: int, **params: Any) -> Iterator[list[Told]]:
        """Yield what an edge lists, a page at a time, ``most`` of them. Raises as :meth:`get`."""
        after: str | None = None
        for _ in range(most):
            told = self.get(path, after=after, **params)
            yield listed(told)
            after = next_of(told)
            if after is None:
                return

    def post(self, path: str, told: Told) -> Told:
        """Write, and return what became of it.

        Raises:
            RepeatedError: it has this already, or takes another one for it; nothing was written.
            ReplyRefusedError: nothing was written, and never will be as it is.
            ChannelRefusedError: nothing was written; somebody has to mend the account.
            ChannelUnavailableError: nothing was written; again is safe.
            DeliveryUnknownError: it may have been written.
        """
        # Values that hold others are JSON within a form, as the API takes them on all its edges.
        form = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in told.items()
        }
        try:
            answer = self._writing.call("POST", _path(path), data=form | self._proof)
        except CallRefusedError as error:
            heed(error.headers)
            raise faults.sent(error, self.title) from error
        heed(answer.headers)
        became = answer.json()
        if not isinstance(became, Mapping):
            raise DeliveryUnknownError(f"{self.title} took the reply, and does not say as which.")
        return became


def listed(told: Any) -> list[Told]:
    """Return the objects that an answer lists; what is none is left out."""
    return each(mapped(told).get("data"))


def next_of(told: Any) -> str | None:
    """Return the cursor of the page behind one; None behind the last.

    The address of that page, which is told as well, bears the token: it is not used.
    """
    paging = mapped(mapped(told).get("paging"))
    after = mapped(paging.get("cursors")).get("after")
    return str(after) if after and paging.get("next") else None


def _path(path: str) -> str:
    return "/" + "/".join(quote(part, safe="") for part in path.split("/"))
