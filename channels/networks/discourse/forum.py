"""One forum, as one member of it calls it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from channels.calling import Answer, Caller
from channels.errors import CallRefusedError, ChannelRefusedError, ChannelUnavailableError
from channels.posted import Posted
from channels.transport import Line

#: Seconds of silence, and for a whole call.
SILENCE, WHOLE = 10.0, 18.0
#: Seconds after which no further call is begun: with the longest one it all ends well within
#: ``channels.protocol.LONGEST_CALL``.
PATIENCE = 24.0

#: A post, a topic or another thing as the forum tells it.
Told = Mapping[str, Any]


class Forum:
    """Keeps the connections of one member, and what was posted. Safe to use from several threads.

    Raises:
        ChannelRefusedError: the key can be none.
    """

    def __init__(self, address: str, key: str, member: str, *, silence: float = SILENCE) -> None:
        """Take the address, and the seconds that the forum may be silent."""
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ChannelRefusedError("The API key is missing, or none. Give it anew.")
        self.host = urlsplit(address).hostname or address
        headers = {"Api-Key": key, "Api-Username": member.encode().decode("latin-1"),
                   "Accept": "application/json"}  # fmt: skip
        self.caller = Caller(
            address,
            headers=headers,
            line=Line(read=silence, whole=max(WHOLE, silence)),
            wait_in=wait_told,
        )
        self.posted = Posted()


class Visit:
    """Calls a forum while somebody waits, and not for too long."""

    def __init__(self, forum: Forum) -> None:
        """Begin now."""
        self.forum = forum
        self.refresh()

    def refresh(self) -> None:
        """Begin to count anew: what was read so far has been handed on."""
        self._began = monotonic()

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Told:
        """Ask, and return the object of the answer.

        Raises:
            ChannelUnavailableError: ask again later.
            CallRefusedError: the forum does not have that, or not for us.
            ChannelRefusedError: it does not let the account in.
        """
        try:
            return self._called("GET", path, params=params)
        except CallRefusedError as error:
            if error.status in (401, 403) and is_shut_out(error):
                raise self.shut_out(error) from error
            raise

    def listed(self, path: str, name: str, before: int | None = None) -> list[Told]:
        """Return what a list holds, newest first; of posts those with ids below ``before``."""
        told = self.get(path, {"before": before}).get(name)
        return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []

    def post(self, data: Mapping[str, Any]) -> Told:
        """Have something posted, and return the object of the answer.

        Raises:
            ChannelUnavailableError: nothing was posted; again is safe.
            CallRefusedError: nothing was posted, and why.
            DeliveryUnknownError: it may have been posted.
        """
        return self._called("POST", "/posts.json", json=data)

    def me(self) -> str:
        """Return our name in the forum. Raises what :meth:`get` raises."""
        try:
            told = self.get("/session/current.json").get("current_user")
        except CallRefusedError as error:
            raise self.shut_out(error) from error
        if not isinstance(told, Mapping) or not told.get("username"):
            raise ChannelUnavailableError(f"{self.forum.host} does not say whose key this is.")
        return str(told["username"])

    def shut_out(self, error: CallRefusedError) -> ChannelRefusedError:
        """Return what it means that the forum does not let us in."""
        return ChannelRefusedError(
            f"{self.forum.host} does not let the account in (status {error.status}: "
            f"{said_in(error)}). Make an API key for this member, with the scope Global."
        )

    def _called(self, method: str, path: str, **more: Any) -> Told:
        if monotonic() - self._began > PATIENCE:
            raise ChannelUnavailableError(f"{self.forum.host} answers too slowly.")
        answer = self.forum.caller.call(method, path, **more)
        told = answer.json()
        return told if isinstance(told, Mapping) else {}


def is_shut_out(error: CallRefusedError) -> bool:
    """Tell whether a call was refused because of the key, not because of what was asked for."""
    return error.status == 401 or "api" in said_in(error).lower() or not _object_of(error.text)


def is_gone(error: CallRefusedError) -> bool:
    """Tell whether the forum itself, no proxy before it, says that something is not there.

    What the account must not see any more, such as a post moved to a closed category, counts too.
    """
    return error.status in (403, 404, 410) and bool(_object_of(error.text).get("errors"))


def said_in(error: CallRefusedError) -> str:
    """Return the words of a forum that refuses."""
    told = _object_of(error.text).get("errors")
    if isinstance(told, list) and told:
        return " ".join(str(one) for one in told)[:300]
    return error.text[:100].strip() or "no reason"


def wait_told(answer: Answer) -> float | None:
    """Return the seconds that the body of a refusal asks us to wait."""
    extras = _object_of(answer.text).get("extras")
    seconds = extras.get("wait_seconds") if isinstance(extras, Mapping) else None
    return float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None


def _object_of(text: str) -> Told:
    with suppress(ValueError, RecursionError):
        told = json.loads(text)
        if isinstance(told, Mapping):
            return told
    return {}
